//! The lines of the published library that name another engine, and what stands there instead.
//!
//! Each substitution must apply exactly once, and afterwards no packed file may name that
//! engine any more: a new version of the sources that changes either breaks the build here,
//! not a program later.

use crate::Files;

/// One edit of one file.
struct Edit {
    file: &'static str,
    what: What,
}

enum What {
    /// Replace this text.
    Replace(&'static str, &'static str),
    /// Remove from the line that holds the first text up to, not including, the next line that
    /// begins with the second (or to the end of the file), and put the third in its place.
    Cut(&'static str, Option<&'static str>, &'static str),
}
use What::{Cut, Replace};

const fn edit(file: &'static str, what: What) -> Edit {
    Edit { file, what }
}

const EDITS: &[Edit] = &[
    // Where packages are installed: ~/.local/lib/taipan3.14/site-packages and the like.
    edit(
        "sysconfig/__init__.py",
        Replace(
            "'RustPython'  # XXX: RUSTPYTHON; For site-packages",
            "'Taipan'",
        ),
    ),
    edit(
        "site.py",
        Replace(
            "'RustPython' # XXX: RUSTPYTHON; for site-packages",
            "'Taipan'",
        ),
    ),
    edit("site.py", Cut("# XXX: RUSTPYTHON", Some("    return"), "")),
    edit(
        "site.py",
        Replace(
            "/lib/rustpython{version[0]}",
            "/lib/{implementation_lower}{version[0]}",
        ),
    ),
    // The library's own entry of sys.path is no folder.
    edit(
        "site.py",
        Replace(
            "    dir = os.path.join(*paths)\n    try:",
            "    dir = os.path.join(*paths)\n    if dir.startswith('<stdlib>'):\n        return dir, dir\n    try:",
        ),
    ),
    // The text of a `-c` program or of standard input, for the lines of its tracebacks.
    edit(
        "linecache.py",
        Replace(
            "        key = _make_key(code)\n        _interactive_cache[key] = entry",
            "        key = _make_key(code)\n        _interactive_cache[key] = entry\n\n\ndef _register_program():\n    from _taipan_stdlib import program\n    if (known := program()) is not None:\n        _register_code(*known)\n\n\n_register_program()",
        ),
    ),
    // A worker that held the other ends of its pipes would never see that its parent was killed, and wait for ever.
    edit(
        "concurrent/futures/process.py",
        Replace(
            "    exit_pid = None\n    while True:\n        call_item = call_queue.get(block=True)\n",
            "    exit_pid = None\n    call_queue._writer.close()\n    result_queue._reader.close()\n    while True:\n        try:\n            call_item = call_queue.get(block=True)\n        except EOFError:\n            return\n",
        ),
    ),
    // Running without a GIL is no separate build here, so paths have no suffix for it.
    edit(
        "sysconfig/__init__.py",
        Replace(
            "['abi_thread'] = 't' if _CONFIG_VARS.get('Py_GIL_DISABLED') else ''",
            "['abi_thread'] = ''",
        ),
    ),
    edit(
        "platform.py",
        Cut(
            "# XXX: RUSTPYTHON support",
            Some("        if builddate is None"),
            "        name = 'Taipan'\n",
        ),
    ),
    // Whatever the compiler raises is shown, and the prompt goes on.
    edit(
        "code.py",
        Replace(
            "        except (OverflowError, SyntaxError, ValueError):",
            "        except Exception:",
        ),
    ),
    edit(
        "_pyrepl/console.py",
        Replace(
            "        except (SyntaxError, OverflowError, ValueError):",
            "        except Exception:",
        ),
    ),
    edit(
        "_pyrepl/console.py",
        Replace(
            "            except (OverflowError, ValueError):",
            "            except Exception:",
        ),
    ),
    // Other processes cannot be looked into, but the prompt of `python -m asyncio` imports this.
    edit(
        "asyncio/tools.py",
        Replace(
            "from _remote_debugging import RemoteUnwinder, FrameInfo\n",
            "try:\n    from _remote_debugging import RemoteUnwinder, FrameInfo\nexcept ImportError:\n    FrameInfo = tuple\n\n    def RemoteUnwinder(*args, **kwargs):\n        raise RuntimeError('other processes cannot be looked into')\n",
        ),
    ),
    // Attributes of functions are computed here, so a slot shows what a member is.
    edit(
        "types.py",
        Replace(
            "MemberDescriptorType = type(FunctionType.__globals__)",
            "MemberDescriptorType = type(type('_', (), {'__slots__': 'x'}).x)",
        ),
    ),
    edit(
        "json/decoder.py",
        Cut(
            "# RUSTPYTHON SPECIFIC",
            Some("    # Note that this exception"),
            "",
        ),
    ),
    edit(
        "_compat_pickle.py",
        Cut("# NOTE: RUSTPYTHON exceptions", Some("for excname in"), ""),
    ),
    edit("unittest/__init__.py", Cut("# XXX: RUSTPYTHON", None, "")),
    edit(
        "io.py",
        Cut(
            "# XXX: RUSTPYTHON; FileIO needs host_env",
            Some("# for seek()"),
            "from _io import FileIO\n\n",
        ),
    ),
    edit(
        "io.py",
        Cut(
            "if FileIO is not None:",
            Some("for klass in (BytesIO"),
            "RawIOBase.register(FileIO)\n\n",
        ),
    ),
    // A socket's path has 18 characters behind the folder's, not 14: `sock-` and twelve digits.
    edit(
        "multiprocessing/util.py",
        Replace(
            "sun_path_len = len(base_tempdir) + 14 + 14",
            "sun_path_len = len(base_tempdir) + 14 + 18",
        ),
    ),
    // The fork server of a program that was killed removes the folder that the program made for its socket.
    edit(
        "multiprocessing/forkserver.py",
        Replace(
            "                    main_kws['authkey_r'] = authkey_r\n",
            "                    main_kws['authkey_r'] = authkey_r\n                    if process.parent_process() is None:\n                        main_kws['folder'] = os.path.dirname(address)\n",
        ),
    ),
    edit(
        "multiprocessing/forkserver.py",
        Replace(
            "         *, sys_argv=None, authkey_r=None):\n    \"\"\"Run forkserver.\"\"\"\n",
            "         *, sys_argv=None, authkey_r=None, folder=None):\n    \"\"\"Run forkserver.\"\"\"\n    parent_pid = os.getppid()\n",
        ),
    ),
    edit(
        "multiprocessing/forkserver.py",
        Replace(
            "b'', \"Not at EOF?\"\n",
            "b'', \"Not at EOF?\"\n                    if folder and os.getppid() != parent_pid:\n                        import shutil\n                        shutil.rmtree(folder, ignore_errors=True)\n",
        ),
    ),
    // The child of a fork runs none of its parent's tasks.
    edit(
        "asyncio/tasks.py",
        Replace(
            "_current_tasks = {}\n",
            "_current_tasks = {}\n__import__('os').register_at_fork(after_in_child=_current_tasks.clear)\n",
        ),
    ),
    // A manager whose program was killed ends, as it would have been told to.
    edit(
        "multiprocessing/managers.py",
        Replace(
            "                while not self.stop_event.is_set():\n                    self.stop_event.wait(1)\n",
            "                parent = process.parent_process()\n                while not self.stop_event.is_set():\n                    self.stop_event.wait(1)\n                    if parent is not None and not parent.is_alive():\n                        break\n",
        ),
    ),
];

/// Applies all edits.
pub fn apply(files: &mut Files) {
    for edit in EDITS {
        let bytes = files
            .get_mut(edit.file)
            .unwrap_or_else(|| panic!("no {} to edit", edit.file));
        let text = std::str::from_utf8(bytes).unwrap_or_else(|e| panic!("{}: {e}", edit.file));
        *bytes = edited(edit, text).into_bytes();
    }
}

fn edited(edit: &Edit, text: &str) -> String {
    let file = edit.file;
    match edit.what {
        Replace(old, new) => {
            assert_eq!(
                text.matches(old).count(),
                1,
                "{file}: {old:?} must occur exactly once"
            );
            text.replace(old, new)
        }
        Cut(first, until, new) => {
            let at = text
                .find(first)
                .unwrap_or_else(|| panic!("{file}: {first:?} is gone"));
            let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
            let end = match until {
                None => text.len(),
                Some(mark) => {
                    let newline = format!("\n{mark}");
                    let n = text[at..].find(&newline);
                    at + n.unwrap_or_else(|| panic!("{file}: {mark:?} is gone")) + 1
                }
            };
            format!("{}{new}{}", &text[..start], &text[end..])
        }
    }
}

/// Fails the build when a packed module still names the engine it was published for.
pub fn assert_no_foreign_names(files: &Files) {
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".py")) {
        let text = String::from_utf8_lossy(text).to_ascii_lowercase();
        assert!(
            !text.contains("rustpython"),
            "{path} names RustPython: add a substitution"
        );
    }
}
