s = "hello"
print(s[0], s[-1], s[1:3], s[::-1], len(s), s + " world", s * 2)
print(s.upper(), s.replace("l", "L"), s.find("lo"), s.startswith("he"))
print("a,b,c".split(","), "-".join(["x", "y"]), "  x ".strip(), "abc".count("b"))
print(str(1), str(None), repr("it's"), repr('a"b'), repr("a\n"))
print("%d %s %.2f" % (1, "two", 3.14159))
print("{} {1}".replace("{1}", "{}").format(1, 2))
print("é"[0], len("漢字🐍"), "漢字🐍"[2], "x" in "xyz")
for c in "ab":
    print(c)
