//! Random programs against a model: what the heap holds must equal what ordinary memory says.

mod mock;

use mock::*;
use std::collections::HashMap;
use taipan_gc::{self as gc, Cell, Mutator};

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }
}

const ROOTS: usize = 50;

/// The model of an array whose first item is a node with its number.
struct Shadow {
    items: Vec<Option<usize>>,
}

struct Program<'a> {
    m: &'a Mutator,
    random: Random,
    roots: Cell,
    shadow_roots: [Option<usize>; ROOTS],
    shadows: HashMap<usize, Shadow>,
    next: usize,
}

impl Program<'_> {
    fn size(&mut self) -> usize {
        match self.random.below(100) {
            0 => 5000 + self.random.below(20_000),
            1..5 => 200 + self.random.below(1000),
            5..20 => 10 + self.random.below(50),
            _ => 1 + self.random.below(8),
        }
    }

    /// A new array, which nothing holds yet.
    fn make(&mut self) -> (Cell, usize) {
        let size = self.size();
        let number = self.next;
        self.next += 1;
        let cell = array(self.m, size + 1);
        let name = node(self.m, NULL, NULL, number);
        set(cell, 0, name);
        self.shadows.insert(
            number,
            Shadow {
                items: vec![None; size],
            },
        );
        (cell, number)
    }

    /// Follows a random path from a random root.
    fn pick(&mut self) -> Option<(Cell, usize)> {
        let root = self.random.below(ROOTS);
        let mut number = self.shadow_roots[root]?;
        let mut cell = get(self.roots, root);
        for _ in 0..self.random.below(20) {
            let index = self.random.below(self.shadows[&number].items.len());
            let Some(next) = self.shadows[&number].items[index] else {
                break;
            };
            cell = get(cell, index + 1);
            number = next;
        }
        assert_eq!(value(get(cell, 0)), number);
        Some((cell, number))
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..30 => {
                let (cell, number) = self.make();
                let root = self.random.below(ROOTS);
                set(self.roots, root, cell);
                self.shadow_roots[root] = Some(number);
            }
            30..65 => {
                let Some((owner, owner_number)) = self.pick() else {
                    return;
                };
                let (cell, number) = self.make();
                self.link(owner, owner_number, cell, number);
            }
            65..85 => {
                let (Some((owner, owner_number)), Some((cell, number))) =
                    (self.pick(), self.pick())
                else {
                    return;
                };
                self.link(owner, owner_number, cell, number);
            }
            85..95 => {
                let Some((owner, number)) = self.pick() else {
                    return;
                };
                let index = self.random.below(self.shadows[&number].items.len());
                set(owner, index + 1, NULL);
                self.shadows.get_mut(&number).unwrap().items[index] = None;
            }
            95..99 => {
                let root = self.random.below(ROOTS);
                set(self.roots, root, NULL);
                self.shadow_roots[root] = None;
            }
            _ => {
                if self.random.below(10) == 0 {
                    let full = self.random.below(4) == 0;
                    gc::collect(self.m, full);
                }
            }
        }
    }

    fn link(&mut self, owner: Cell, owner_number: usize, cell: Cell, number: usize) {
        let index = self.random.below(self.shadows[&owner_number].items.len());
        set(owner, index + 1, cell);
        self.shadows.get_mut(&owner_number).unwrap().items[index] = Some(number);
    }

    /// Compares all that the roots reach; forgets the rest of the model.
    fn check(&mut self) {
        let mut seen: HashMap<usize, usize> = HashMap::new();
        let mut work: Vec<(usize, usize)> = Vec::new();
        for (index, shadow) in self.shadow_roots.iter().enumerate() {
            let cell = get(self.roots, index);
            match shadow {
                Some(number) => work.push((cell.addr(), *number)),
                None => assert!(cell.is_null()),
            }
        }
        while let Some((address, number)) = work.pop() {
            if let Some(&before) = seen.get(&number) {
                assert_eq!(before, address, "one array in two places");
                continue;
            }
            seen.insert(number, address);
            let cell = address as Cell;
            assert_eq!(value(get(cell, 0)), number);
            for (index, item) in self.shadows[&number].items.iter().enumerate() {
                let cell = get(cell, index + 1);
                match item {
                    Some(number) => work.push((cell.addr(), *number)),
                    None => assert!(cell.is_null()),
                }
            }
        }
        self.shadows.retain(|number, _| seen.contains_key(number));
    }
}

fn run(seed: u64, steps: usize) {
    let m = start();
    let roots = array(&m, ROOTS);
    let mut program = Program {
        m: &m,
        random: Random(seed),
        roots,
        shadow_roots: [None; ROOTS],
        shadows: HashMap::new(),
        next: 1,
    };
    for step in 1..=steps {
        program.step();
        if step % 2000 == 0 {
            program.check();
        }
    }
    program.check();
    std::hint::black_box(roots);
}

#[test]
fn random_programs_in_several_threads() {
    // A small budget, so that collections also come by themselves.
    gc::set_young_budget(1 << 20);
    let threads: Vec<_> = (0..4)
        .map(|seed| std::thread::spawn(move || run(seed * 77 + 1, 100_000)))
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("a thread panicked"));
}

#[test]
fn a_random_program_under_stress() {
    let m = start();
    gc::set_stress(&m, 40);
    drop(m);
    run(4711, 3000);
    let m = start();
    gc::set_stress(&m, 0);
}
