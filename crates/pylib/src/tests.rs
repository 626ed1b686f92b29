use super::*;

#[test]
fn every_file_reads_back() {
    let mut total = 0;
    for path in files() {
        let bytes = read_file(path).unwrap();
        assert_eq!(Some(bytes.len()), file_len(path));
        total += bytes.len();
    }
    assert!(total > 8 << 20);
}

#[test]
fn every_module_is_found_by_its_name_and_is_utf8() {
    for module in modules() {
        assert_eq!(find(module.name()).unwrap().path(), module.path());
        assert!(!module.source().contains('\u{fffd}') || module.path().contains("encodings"));
    }
    assert!(find("no_such_module").is_none());
    assert!(find("").is_none());
}

#[test]
fn modules_know_whether_they_are_packages() {
    let json = find("json").unwrap();
    assert!(json.is_package());
    assert_eq!(json.virtual_path(), "<stdlib>/json/__init__.py");
    assert_eq!(json.virtual_dir().as_deref(), Some("<stdlib>/json"));
    let decoder = find("json.decoder").unwrap();
    assert!(!decoder.is_package());
    assert_eq!(decoder.path(), "json/decoder.py");
    assert_eq!(decoder.virtual_dir(), None);
    assert!(decoder.source().contains("class JSONDecodeError"));
}

#[test]
fn packages_list_their_own_modules_only() {
    let names: Vec<_> = list_package("concurrent").map(Module::name).collect();
    assert_eq!(names, ["concurrent.futures", "concurrent.interpreters"]);
    let top: Vec<_> = list_package("").map(Module::name).collect();
    assert!(top.contains(&"os") && top.contains(&"json") && !top.contains(&"json.decoder"));
    assert_eq!(list_package("os").count(), 0);
}

#[test]
fn directories_list_files_and_directories() {
    let names: Vec<_> = list_dir("<stdlib>/ensurepip")
        .iter()
        .map(|e| (e.name, e.is_dir))
        .collect();
    assert_eq!(
        names,
        [
            ("__init__.py", false),
            ("__main__.py", false),
            ("_bundled", true),
            ("_uninstall.py", false)
        ]
    );
    let root = list_dir("<stdlib>");
    assert!(root.contains(&DirEntry {
        name: "json",
        is_dir: true
    }));
    assert!(root.contains(&DirEntry {
        name: "os.py",
        is_dir: false
    }));
    assert_eq!(list_dir("nowhere"), []);
}

#[test]
fn paths_work_with_and_without_the_prefix() {
    assert_eq!(read_file("<stdlib>/os.py"), read_file("os.py"));
    assert_eq!(read_file("<stdlib>os.py"), None);
    assert_eq!(read_file("idlelib/idle.py"), None);
    assert!(read_file("LICENSE.txt").is_some());
}

#[test]
fn a_wheel_is_not_compressed_twice() {
    let wheel = files().find(|path| path.ends_with(".whl")).unwrap();
    assert!(matches!(read_file(wheel), Some(Cow::Borrowed(_))));
}

#[test]
fn substituted_modules_say_what_they_should() {
    let text = |name: &str| find(name).unwrap().source().into_owned();
    assert!(text("site").contains("return 'Taipan'\n"));
    assert!(text("site").contains("{userbase}/lib/{implementation_lower}{version[0]}"));
    assert!(
        text("platform")
            .contains("match.groups()\n\n        name = 'Taipan'\n        if builddate")
    );
    assert!(text("io").contains("\nRawIOBase.register(FileIO)\n\nfor klass"));
    assert!(text("io").contains("\nfrom _io import FileIO\n"));
    assert!(!text("unittest").contains("expectedFailureIf"));
    assert!(!text("json.decoder").contains("_from_serde"));
}

#[test]
fn code_is_aligned() {
    for code in modules().filter_map(Module::code) {
        assert_eq!(code.as_ptr().addr() % 16, 0);
    }
}

#[test]
fn our_own_modules_take_the_place_of_others() {
    let text = |name: &str| find(name).unwrap().source().into_owned();
    assert!(text("_opcode_metadata").contains("'LOAD_GLOBAL': (("));
    assert!(text("opcode").starts_with("\"\"\"The operations of Taipan"));
    assert!(text("dis").contains("class Instruction(_Fields)"));
}
