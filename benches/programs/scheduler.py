"""An object-oriented scheduler: tasks of several kinds hand packets to each other by priority."""

import sys

IDLE, WORKER, DEVICE, HANDLER = range(4)


class Packet:
    def __init__(self, link, target, kind):
        self.link = link
        self.target = target
        self.kind = kind
        self.value = 0
        self.data = [0, 0, 0, 0]

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        packet = queue
        while packet.link is not None:
            packet = packet.link
        packet.link = self
        return queue


class Task:
    def __init__(self, scheduler, number, priority, queue):
        self.scheduler = scheduler
        self.number = number
        self.priority = priority
        self.queue = queue
        self.held = False
        self.waiting = queue is None
        scheduler.add(self)

    def runnable(self):
        return not self.held and not (self.waiting and self.queue is None)

    def take(self):
        packet = self.queue
        if packet is not None:
            self.queue = packet.link
            packet.link = None
            self.waiting = False
        return packet

    def receive(self, packet):
        self.queue = packet.append_to(self.queue)

    def step(self):
        return self.run(self.take())

    def run(self, packet):
        raise NotImplementedError


class Idle(Task):
    def __init__(self, scheduler, number, priority, rounds):
        super().__init__(scheduler, number, priority, None)
        self.waiting = False
        self.seed = 1
        self.rounds = rounds

    def run(self, packet):
        self.rounds -= 1
        if self.rounds == 0:
            self.held = True
            return
        if self.seed & 1:
            self.seed = self.seed >> 1 ^ 0xD008
            self.scheduler.release(5)
        else:
            self.seed >>= 1
            self.scheduler.release(4)


class Worker(Task):
    def __init__(self, scheduler, number, priority, queue):
        super().__init__(scheduler, number, priority, queue)
        self.next = 2
        self.count = 0

    def run(self, packet):
        if packet is None:
            self.waiting = True
            return
        self.next = 5 - self.next
        packet.target = self.next
        packet.value = 0
        for i in range(4):
            self.count = self.count % 26 + 1
            packet.data[i] = 64 + self.count
        self.scheduler.send(packet, self)


class Handler(Task):
    def __init__(self, scheduler, number, priority, queue):
        super().__init__(scheduler, number, priority, queue)
        self.work = None
        self.devices = None

    def run(self, packet):
        if packet is not None:
            if packet.kind == WORKER:
                self.work = packet.append_to(self.work)
            else:
                self.devices = packet.append_to(self.devices)
        work = self.work
        if work is not None:
            at = work.value
            if at >= 4:
                self.work = work.link
                work.target = 1
                self.scheduler.send(work, self)
                return
            device = self.devices
            if device is not None:
                self.devices = device.link
                device.value = work.data[at]
                work.value = at + 1
                device.target = self.number + 2
                self.scheduler.send(device, self)
                return
        self.waiting = True


class Device(Task):
    def __init__(self, scheduler, number, priority):
        super().__init__(scheduler, number, priority, None)
        self.pending = None

    def run(self, packet):
        if packet is None:
            if self.pending is None:
                self.waiting = True
                return
            pending, self.pending = self.pending, None
            pending.target = self.number - 2
            self.scheduler.send(pending, self)
        else:
            self.pending = packet
            self.held = True


class Scheduler:
    def __init__(self):
        self.tasks = {}
        self.order = []
        self.sent = 0

    def add(self, task):
        self.tasks[task.number] = task
        self.order.append(task)
        self.order.sort(key=lambda task: -task.priority)

    def send(self, packet, sender):
        self.sent += 1
        self.tasks[packet.target].receive(packet)

    def release(self, number):
        self.tasks[number].held = False
        self.tasks[number].waiting = False

    def run(self):
        while True:
            for task in self.order:
                if task.runnable():
                    task.step()
                    break
            else:
                return self.sent


def run(rounds):
    scheduler = Scheduler()
    Idle(scheduler, 0, 0, rounds)
    Worker(scheduler, 1, 1000, Packet(Packet(None, 1, WORKER), 1, WORKER))
    for number, priority in ((2, 2000), (3, 3000)):
        queue = None
        for _ in range(3):
            queue = Packet(queue, number, DEVICE)
        Handler(scheduler, number, priority, queue)
    Device(scheduler, 4, 4000)
    Device(scheduler, 5, 5000)
    return scheduler.run()


size = int(sys.argv[1]) if len(sys.argv) > 1 else 28
first = run(3000)
assert first > 500, first
for _ in range(size):
    assert run(8000) > first
