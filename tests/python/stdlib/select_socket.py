import select
import selectors
import socket
import threading

a, b = socket.socketpair()
assert a.send(b"hello") == 5 and b.recv(3) == b"hel" and select.select([a, b], [a], [], 0)[:2] == ([b], [a]) and b.recv(10) == b"lo"
poll = select.poll()
poll.register(b, select.POLLIN)
assert poll.poll(0) == []
a.sendall(b"x")
assert poll.poll(1000) == [(b.fileno(), select.POLLIN)]
with select.epoll() as epoll:
    epoll.register(b, select.EPOLLIN)
    assert epoll.poll(1) == [(b.fileno(), select.EPOLLIN)]
b.settimeout(0.001)
assert b.recv(1) == b"x"
for f, kind in ((lambda: b.recv(1), TimeoutError), (lambda: socket.create_connection(("127.0.0.1", 1)), ConnectionRefusedError), (lambda: socket.socket().bind(("256.0.0.1", 0)), socket.gaierror)):
    try:
        f()
    except kind:
        pass
    else:
        raise AssertionError
b.setblocking(False)
try:
    b.recv(1)
except BlockingIOError:
    pass
a.close()
assert b.recv(1) == b""
b.close()

server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]


def serve():
    connection, address = server.accept()
    with connection, connection.makefile("rwb") as f:
        for line in f:
            f.write(line.upper())
            f.flush()


thread = threading.Thread(target=serve)
thread.start()
with socket.create_connection(("127.0.0.1", port)) as client:
    assert client.getpeername() == ("127.0.0.1", port) and client.family == socket.AF_INET
    client.sendall(b"line\nmore\n")
    client.shutdown(socket.SHUT_WR)
    data = b""
    while chunk := client.recv(100):
        data += chunk
assert data == b"LINE\nMORE\n"
thread.join()
server.close()
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
udp.sendto(b"datagram", udp.getsockname())
assert udp.recvfrom(100) == (b"datagram", udp.getsockname()) and udp.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_DGRAM
udp.close()
assert socket.inet_aton("1.2.3.4") == b"\1\2\3\4" and socket.inet_ntop(socket.AF_INET6, b"\0" * 15 + b"\1") == "::1" and socket.htons(1) == 256 and socket.gethostname() and socket.getaddrinfo("127.0.0.1", 80)[0][4] == ("127.0.0.1", 80)
with selectors.DefaultSelector() as selector:
    x, y = socket.socketpair()
    selector.register(x, selectors.EVENT_READ, "data")
    y.send(b"1")
    assert selector.select(1)[0][0].data == "data"
    x.close()
    y.close()
