"""Objects that propagate values through a chain and a projection of constraints."""

import sys


class Variable:
    def __init__(self, name, value):
        self.name = name
        self.value = value
        self.constraints = []
        self.source = None
        self.stay = True
        self.mark = 0


class Constraint:
    strength = 3

    def __init__(self, *variables):
        self.variables = variables
        for variable in variables:
            variable.constraints.append(self)

    def output(self):
        return self.variables[-1]

    def inputs_known(self, mark):
        for variable in self.variables:
            if variable is not self.output() and variable.mark != mark and not variable.stay:
                return False
        return True


class Equal(Constraint):
    def execute(self):
        self.variables[1].value = self.variables[0].value


class Scale(Constraint):
    strength = 2

    def execute(self):
        source, scale, offset, result = self.variables
        result.value = source.value * scale.value + offset.value


class Planner:
    def __init__(self):
        self.mark = 0

    def plan(self, source):
        self.mark += 1
        mark = self.mark
        source.mark = mark
        todo = [source]
        plan = []
        while todo:
            variable = todo.pop()
            for constraint in variable.constraints:
                result = constraint.output()
                if result is not variable and result.mark != mark and constraint.inputs_known(mark):
                    result.mark = mark
                    result.source = constraint
                    plan.append(constraint)
                    todo.append(result)
        return plan


def chain(n):
    planner = Planner()
    variables = [Variable(f"v{i}", 0) for i in range(n + 1)]
    for a, b in zip(variables, variables[1:]):
        Equal(a, b)
    for i in range(20):
        variables[0].value = i
        for constraint in planner.plan(variables[0]):
            constraint.execute()
        assert variables[-1].value == i


def projection(n):
    planner = Planner()
    scale, offset = Variable("scale", 10), Variable("offset", 1000)
    sources = [Variable(f"s{i}", i) for i in range(n)]
    results = [Variable(f"r{i}", 0) for i in range(n)]
    for source, result in zip(sources, results):
        Scale(source, scale, offset, result)
    for value in (5, 7, 11):
        scale.value = value
        for constraint in planner.plan(scale):
            constraint.execute()
        assert all(r.value == s.value * value + 1000 for s, r in zip(sources, results))


size = int(sys.argv[1]) if len(sys.argv) > 1 else 60
for _ in range(size):
    chain(1200)
    projection(1500)
