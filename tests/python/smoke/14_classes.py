class Animal:
    kind = "animal"

    def __init__(self, name):
        self.name = name

    def speak(self):
        return f"{self.name} is silent"

    def __repr__(self):
        return f"Animal({self.name!r})"


class Dog(Animal):
    def __init__(self, name, age):
        super().__init__(name)
        self.age = age

    def speak(self):
        return super().speak() + ", no: woof"


a = Animal("cat")
d = Dog("rex", 3)
print(a, d, a.speak(), d.speak(), d.kind, d.age)
print(isinstance(d, Animal), isinstance(a, Dog), issubclass(Dog, Animal), type(d).__name__)
d.kind = "dog"
print(d.kind, Animal.kind, d.__dict__, Dog.__mro__)
try:
    a.nothing
except AttributeError as error:
    print(error)
print(hasattr(a, "name"), getattr(a, "x", "default"))
del a.name
print(hasattr(a, "name"))
