"""Channels between interpreters: items, ends, waiting senders, and what names a channel."""

import _interpchannels as low
import _interpreters
import threading
import time
from _helpers import raises

NEITHER, REMOVE, ERROR, REPLACE = -1, 1, 2, 3
FIELDS = """open closing closed count num_interp_send num_interp_send_released num_interp_recv
    num_interp_recv_released num_interp_both num_interp_both_released num_interp_both_send_released
    num_interp_both_recv_released send_associated send_released recv_associated recv_released""".split()


def info(channel):
    """The fields of a channel's state that are not false."""
    state = low.get_info(channel)
    return {name: int(getattr(state, name)) for name in FIELDS if getattr(state, name)}


def put(channel, value, *args):
    low.send(channel, value, *args, blocking=False)


# Items.
a = low.create(REPLACE)
for i in range(50):
    put(a, i)
    put(a, (i, [i]))
    assert low.recv(a) == ((i // 2 if i % 2 == 0 else (i // 2, [i // 2])), None)
assert low.get_count(a) == 50 and info(a)["count"] == 50
for _ in range(50):
    low.recv(a)
raises(low.ChannelEmptyError, low.recv, a, text=f"channel {int(a)} is empty")
assert low.recv(a, "default") == ("default", None)
raises(TypeError, low.send, a, text="channel_send() missing required argument 'obj' (pos 2)")
raises(TypeError, low.send, a, 1, 2, 3, 4, text="channel_send() takes at most 4 positional arguments (5 given)")
raises(ValueError, low.send, a, 1, 9, text="unsupported unboundop 9")
raises(TypeError, low.recv, "x", text="channel ID must be an int, got str")
raises(TypeError, low.list_interpreters, a, text="channel_list_interpreters() missing required argument 'send' (pos 2)")
raises(OverflowError, low.recv, 2**70, text="int too big to convert")
assert low.get_channel_defaults(low.create(ERROR, 0)) == (ERROR, 0)

# Memory.
memory = bytearray(b"spam")
low.send_buffer(a, memory, blocking=False)
view, _ = low.recv(a)
view[0] = ord("S")
assert memory == b"Spam" and type(view) is memoryview
view.release()
raises(TypeError, low.send_buffer, a, 1, text="memoryview: a bytes-like object is required, not 'int'")

# Names.
assert repr(a) == f"ChannelID({int(a)})" and str(a) == str(int(a)) and hash(a) == hash(int(a))
assert (a.end, a.send.end, a.recv.end) == ("both", "send", "recv") and repr(a.send) == f"ChannelID({int(a)}, send=True)"
assert a == int(a) == a.send and a == float(int(a)) and a != a.send != a.recv and a != "x" and a == a.send.__index__()
raises(TypeError, lambda: a < a)
raises(low.ChannelNotFoundError, low._channel_id, 10_000, text="channel 10000 not found")
assert int(low._channel_id(10_000, force=True)) == 10_000
raises(ValueError, low._channel_id, a, send=False, recv=False, text="'send' and 'recv' cannot both be False")
put(a, a.send)
got, _ = low.recv(a)
assert got == a.send and type(got) is low.ChannelID
assert _interpreters.is_shareable(a)

# Closing.
b = low.create(REPLACE)
put(b, 1)
for kwargs in ({}, {"recv": True}, {"send": True, "recv": True}):
    text = f"channel {int(b)} may not be closed if not empty (try force=True)"
    raises(low.ChannelNotEmptyError, low.close, b, text=text, **kwargs)
low.close(b, send=True)
assert info(b) == {"closing": 1, "count": 1, "num_interp_send": 1, "send_associated": 1}
raises(low.ChannelClosedError, low.close, b, send=True)
raises(low.ChannelClosedError, put, b, 2, text=f"channel {int(b)} is closed")
raises(low.ChannelClosedError, low.list_interpreters, b, send=True)
assert low.list_interpreters(b, send=False) == []
assert low.recv(b) == (1, None)
assert info(b) == {"closed": 1}
for function in (low.recv, low.close, low.release, low.get_count, low.get_channel_defaults):
    raises(low.ChannelClosedError, function, b, text=f"channel {int(b)} is closed")
assert int(b) not in [int(c) for c, _, _ in low.list_all()]
b = low.create(REPLACE)
put(b, 1)
low.close(b, force=True)
raises(low.ChannelClosedError, low.recv, b)
low.destroy(b)
for function in (low.recv, low.close, low.destroy, low.get_info):
    raises(low.ChannelNotFoundError, function, b, text=f"channel {int(b)} not found")

# Releasing ends.
b = low.create(REPLACE)
put(b, 1)
assert low.recv(b) == (1, None) and info(b) == {"open": 1, "num_interp_both": 1, "send_associated": 1, "recv_associated": 1}
assert low.list_interpreters(b, send=True) == low.list_interpreters(b, send=False) == [0]
low.release(b, send=True)
assert info(b) == {"open": 1, "num_interp_both_recv_released": 1, "send_released": 1, "recv_associated": 1}
raises(low.ChannelClosedError, put, b, 1, text=f"channel {int(b)} is already closed")
assert low.list_interpreters(b, send=True) == []
low.release(b, recv=True)
raises(low.ChannelClosedError, low.recv, b, text=f"channel {int(b)} is closed")


# Waiting senders.
def later(function, *args, **kwargs):
    def run():
        try:
            out.append(function(*args, **kwargs))
        except Exception as error:
            out.append(error)

    out = []
    thread = threading.Thread(target=run)
    thread.start()
    return thread, out


b = low.create(REPLACE)
thread, out = later(low.send, b, "waited for")
while not low.get_count(b):
    time.sleep(0.001)
assert thread.is_alive() and low.recv(b) == ("waited for", None)
thread.join()
assert out == [None]
thread, out = later(low.send, b, "dropped")
while not low.get_count(b):
    time.sleep(0.001)
low.close(b, force=True)
thread.join()
assert type(out[0]) is low.ChannelClosedError and str(out[0]) == f"channel {int(b)} has closed"
b = low.create(REPLACE)
raises(TimeoutError, low.send, b, 1, timeout=0.01, text="timed out")
raises(TimeoutError, low.send, b, 1, timeout=0)
assert low.get_count(b) == 0
put(b, 2)
raises(TimeoutError, low.send_buffer, b, b"x", timeout=0.01)
assert low.get_count(b) == 1 and low.recv(b) == (2, None)
raises(ValueError, low.send, b, 1, blocking=False, timeout=1, text="can't specify a timeout for a non-blocking call")
raises(ValueError, low.send, b, 1, timeout=-1, text="timeout value must be a non-negative number")


# Other interpreters.
def run(interp, channel, source):
    error = _interpreters.run_string(interp, "import _interpchannels as low\n" + source.replace("C", str(int(channel))))
    assert error is None, error.formatted


b = low.create(REPLACE)
one, two = _interpreters.create(), _interpreters.create()
run(one, b, f"low.send(C, 'gone', {REPLACE}, blocking=False); low.send(C, 'removed', {REMOVE}, blocking=False)")
run(one, b, f"low.send(C, 'told of', {ERROR}, blocking=False)")
put(b, "stays")
run(two, b, "low.recv(C)")
assert low.list_interpreters(b, send=True) == [0, one] and low.list_interpreters(b, send=False) == [two]
assert info(b) == {"open": 1, "count": 3, "num_interp_send": 2, "num_interp_recv": 1, "send_associated": 1}
_interpreters.destroy(one)
assert info(b) == {"open": 1, "count": 2, "num_interp_send": 1, "num_interp_send_released": 1, "num_interp_recv": 1,
                   "send_associated": 1}
assert low.recv(b) == (None, ERROR) and low.recv(b) == ("stays", None)
low.release(b)
assert info(b)["open"] and low.list_interpreters(b, send=False) == [two]
_interpreters.destroy(two)
