import sys
import math
from math import sqrt, pi as PI

print(sqrt(16), math.floor(2.7), round(PI, 4), sys.version_info[0], __name__)
print(type(sys).__name__, "math" in sys.modules, sys.version_info >= (3, 14))
try:
    import no_such_module
except ModuleNotFoundError as error:
    print(error)
try:
    from math import nothing
except ImportError as error:
    print(type(error).__name__)
