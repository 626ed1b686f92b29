//! Stress mode: a collection at every Nth allocation, freed cells poisoned.

mod mock;

use mock::*;
use std::sync::Mutex;
use taipan_gc as gc;

/// Stress mode is the process's, so these tests run one after another.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn a_program_with_correct_roots_runs_under_stress() {
    let _alone = ALONE.lock();
    let m = start();
    let before = gc::counters();
    gc::set_stress(&m, 3);
    let other = std::thread::spawn(|| {
        let m = start();
        check_tree(tree(&m, 7, 1), 7, 1)
    });
    let keep = array(&m, 50);
    for i in 0..50 {
        set(keep, i, tree(&m, 3, 1));
        owner(&m, 5);
        let target = node(&m, NULL, NULL, i);
        let weak = weak(&m, target, false, i);
        assert_eq!(self::target(weak), target.addr());
        assert_eq!(value(target), i);
    }
    assert_eq!(m.blocking(|| other.join()).unwrap(), 255);
    (0..50).for_each(|i| assert_eq!(check_tree(get(keep, i), 3, 1), 15));
    gc::set_stress(&m, 0);
    let after = gc::counters();
    assert!(after.young > before.young + 50 && after.full > before.full + 50);
    // Poisoned gaps give zeroed cells after stress mode, too: `node` asserts it.
    apart(|| (0..200_000).for_each(|i| waste(&m, i)));
    (0..50).for_each(|i| assert_eq!(check_tree(get(keep, i), 3, 1), 15));
}

#[test]
fn a_lost_cell_is_poisoned() {
    let _alone = ALONE.lock();
    let m = start();
    gc::set_stress(&m, 1000);
    // Hidden from the collector by inverting the addresses. Their neighbours live, for a block that is all free goes
    // back to the system, and what is read there then is zero.
    let keep = array(&m, 100);
    let hidden: Vec<usize> = apart(|| {
        let lost = |i| {
            set(keep, i, node(&m, NULL, NULL, i));
            !node(&m, NULL, NULL, i).addr()
        };
        (0..100).map(lost).collect()
    });
    gc::collect(&m, true);
    let poisoned = hidden
        .iter()
        .filter(|&&address| {
            let cell = (!address) as gc::Cell;
            // SAFETY: heap memory stays mapped.
            unsafe { (*cell).kind == 0 && (*cell.cast::<Node>()).value == 0xDDDD_DDDD_DDDD_DDDD }
        })
        .count();
    assert!(poisoned > 95, "{poisoned}");
    (0..100).for_each(|i| assert_eq!(value(get(keep, i)), i));
    gc::set_stress(&m, 0);
}
