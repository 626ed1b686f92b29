"""Finder and loader of the standard library inside the executable.

It stands in sys.path as one entry, '<stdlib>', so that what comes before it there hides a module of the
library, as with a library on disk.
"""

import _frozen_importlib
import _frozen_importlib_external as _external
import _taipan_stdlib

PREFIX = _taipan_stdlib.PREFIX


class StdlibLoader:
    """Loads one module; has the optional parts of the protocol: source, data, resources."""

    def __init__(self, name, path):
        self.name = name
        self.path = path

    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        code = _taipan_stdlib.get_code(self.name)
        _frozen_importlib._call_with_frames_removed(exec, code, module.__dict__)

    def get_filename(self, name=None):
        return self.path

    def get_code(self, name=None):
        return _taipan_stdlib.get_code(name or self.name)

    def get_source(self, name=None):
        return _taipan_stdlib.get_source(name or self.name)

    def is_package(self, name=None):
        return self.path.endswith('/__init__.py')

    def get_data(self, path):
        data = _taipan_stdlib.read_file(path.removeprefix(PREFIX + '/'))
        if data is None:
            raise FileNotFoundError(2, 'No such file or directory', path)
        return data

    def get_resource_reader(self, name):
        return StdlibReader(self.path.rpartition('/')[0])


class StdlibReader:
    """The files of a package: importlib.resources' reader protocol."""

    def __init__(self, folder):
        self.folder = folder

    def _inner(self, name):
        return (self.folder + '/' + name).removeprefix(PREFIX).lstrip('/')

    def open_resource(self, resource):
        import io
        data = _taipan_stdlib.read_file(self._inner(resource))
        if data is None:
            raise FileNotFoundError(2, 'No such file or directory', resource)
        return io.BytesIO(data)

    def resource_path(self, resource):
        raise FileNotFoundError(2, 'No such file or directory', resource)

    def is_resource(self, name):
        return _taipan_stdlib.read_file(self._inner(name)) is not None

    def contents(self):
        folder = self.folder.removeprefix(PREFIX).lstrip('/')
        return (name for name, _ in _taipan_stdlib.list_dir(folder))


class StdlibFinder:
    """Finds modules in one folder of the library."""

    def __init__(self, path):
        self.path = path

    @classmethod
    def path_hook(cls, path):
        if path == PREFIX or path.startswith(PREFIX + '/'):
            return cls(path)
        raise ImportError('not the library inside the executable', path=path)

    def __repr__(self):
        return f'{type(self).__name__}({self.path!r})'

    def find_spec(self, fullname, target=None):
        found = _taipan_stdlib.find(fullname)
        if found is None:
            return None
        path, folder = found
        parent = (folder or path).rpartition('/')[0]
        if parent != self.path:
            return None
        loader = StdlibLoader(fullname, path)
        spec = _frozen_importlib.ModuleSpec(fullname, loader, origin=path, is_package=folder is not None)
        spec._set_fileattr = True
        spec.cached = None
        if folder is not None:
            spec.submodule_search_locations = [folder]
        return spec

    def iter_modules(self, prefix=''):
        """What pkgutil.iter_modules lists."""
        import _taipan_stdlib
        folder = self.path.removeprefix(PREFIX).lstrip('/')
        for name, is_folder in _taipan_stdlib.list_dir(folder):
            if is_folder:
                inner = folder + '/' + name if folder else name
                if _taipan_stdlib.read_file(inner + '/__init__.py') is not None:
                    yield prefix + name, True
            elif name.endswith('.py') and name != '__init__.py':
                yield prefix + name[:-3], False

    def invalidate_caches(self):
        pass


def zip_hook(path):
    """zipimport's hook; that module is imported when the first file stands in sys.path."""
    global _importing
    if _importing or not _lies_in_file(path):
        raise ImportError('not in a zip file', path=path)
    # The search for zipimport itself comes by here again.
    _importing = True
    try:
        import zipimport
    finally:
        _importing = False
    return zipimport.zipimporter(path)


_importing = False


def _lies_in_file(path):
    while path:
        try:
            mode = _external._path_stat(path).st_mode
        except (OSError, ValueError):
            shorter = path.rpartition('/')[0]
            if shorter == path:
                return False
            path = shorter
        else:
            return mode & 0o170000 == 0o100000
    return False
