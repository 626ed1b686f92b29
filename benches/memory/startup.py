"""Memory after start-up."""

with open("/proc/self/status") as file:
    for line in file:
        if line.startswith(("VmRSS", "VmHWM")):
            print(line.split()[0][:-1].lower(), int(line.split()[1]) * 1024)
