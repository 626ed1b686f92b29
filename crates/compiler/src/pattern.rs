//! `match`.
//!
//! A pattern jumps to `fail` or goes on. Captures go to temporaries and are bound when the whole pattern has matched.

use taipan_bytecode::{Const, Op};
use taipan_syntax::ast::{self, Pattern, Singleton};
use taipan_syntax::{Ranged, with_room};

use crate::consts::str_const;
use crate::ir::Label;
use crate::unit::Reg;
use crate::{Compiler, Result};

/// The names that a pattern binds and the temporaries that keep them.
type Captures<'a> = Vec<(&'a str, Reg)>;

impl<'a> Compiler<'a> {
    pub fn match_statement(&mut self, m: &'a ast::StmtMatch) -> Result {
        let subject = self.expr_new(&m.subject)?;
        let end = self.unit.label();
        for case in &m.cases {
            let next = self.unit.label();
            let mark = self.unit.top;
            self.unit.range = case.pattern.range();
            let mut names = Vec::new();
            captured_names(&case.pattern, &mut names);
            let captures: Captures<'a> =
                names.into_iter().map(|n| (n, self.unit.alloc())).collect();
            self.pattern(&case.pattern, subject, next, &captures)?;
            self.unit.range = case.pattern.range();
            for (name, reg) in &captures {
                self.store_name(name, *reg);
            }
            self.unit.top = mark;
            if let Some(guard) = &case.guard {
                self.jump_if(guard, false, next)?;
            }
            self.unit.range = case.pattern.range();
            self.unit.emit(Op::NOP, 0, 0, 0);
            self.statements(&case.body)?;
            self.unit.range = self.no_range();
            self.unit.jump(Op::JUMP, 0, 0, end);
            self.unit.bind(next);
        }
        self.unit.bind(end);
        Ok(())
    }

    fn pattern(
        &mut self,
        p: &'a Pattern,
        subject: Reg,
        fail: Label,
        captures: &Captures<'a>,
    ) -> Result {
        let outer = std::mem::replace(&mut self.unit.range, p.range());
        let mark = self.unit.top;
        let result = with_room(|| self.pattern_inner(p, subject, fail, captures));
        self.unit.top = mark;
        self.unit.range = outer;
        result
    }

    fn capture(&mut self, name: &str, value: Reg, captures: &Captures<'a>) {
        if let Some((_, reg)) = captures.iter().find(|(n, _)| *n == name) {
            self.unit.mov(*reg, value);
        }
    }

    fn pattern_inner(
        &mut self,
        p: &'a Pattern,
        subject: Reg,
        fail: Label,
        captures: &Captures<'a>,
    ) -> Result {
        match p {
            Pattern::MatchValue(v) => {
                if let Some(imm) = self.fold_int(&v.value) {
                    self.unit
                        .jump(Op::JUMP_IF_NOT_EQ_I, subject, imm as u16, fail);
                } else {
                    let value = self.operand(&v.value, None)?;
                    self.unit.jump(Op::JUMP_IF_NOT_EQ, subject, value, fail);
                }
            }
            Pattern::MatchSingleton(s) => match s.value {
                Singleton::None => self.unit.jump(Op::JUMP_IF_NOT_NONE, subject, 0, fail),
                Singleton::True | Singleton::False => {
                    let t = self.const_new(Const::Bool(s.value == Singleton::True));
                    self.unit.jump(Op::JUMP_IF_IS_NOT, subject, t, fail);
                }
            },
            Pattern::MatchAs(a) => {
                if let Some(inner) = &a.pattern {
                    self.pattern(inner, subject, fail, captures)?;
                }
                if let Some(name) = &a.name {
                    self.capture(&name.id, subject, captures);
                }
            }
            Pattern::MatchStar(s) => {
                if let Some(name) = &s.name {
                    self.capture(&name.id, subject, captures);
                }
            }
            Pattern::MatchOr(o) => {
                let matched = self.unit.label();
                let Some((last, init)) = o.patterns.split_last() else {
                    return Ok(());
                };
                for alternative in init {
                    let next = self.unit.label();
                    self.pattern(alternative, subject, next, captures)?;
                    self.unit.jump(Op::JUMP, 0, 0, matched);
                    self.unit.bind(next);
                }
                self.pattern(last, subject, fail, captures)?;
                self.unit.bind(matched);
            }
            Pattern::MatchSequence(s) => {
                self.sequence_pattern(&s.patterns, subject, fail, captures)?
            }
            Pattern::MatchMapping(m) => self.mapping_pattern(m, subject, fail, captures)?,
            Pattern::MatchClass(c) => self.class_pattern(c, subject, fail, captures)?,
        }
        Ok(())
    }

    fn sequence_pattern(
        &mut self,
        patterns: &'a [Pattern],
        subject: Reg,
        fail: Label,
        captures: &Captures<'a>,
    ) -> Result {
        let star = patterns.iter().position(|p| p.is_match_star());
        self.unit.jump(Op::JUMP_IF_NOT_SEQUENCE, subject, 0, fail);
        let least = patterns.len() - star.is_some() as usize;
        let Ok(imm) = i16::try_from(least) else {
            return self.error(self.unit.range, "too many patterns in sequence pattern");
        };
        if star.is_none() || least > 0 {
            let len = self.unit.alloc();
            self.unit.emit(Op::GET_LEN, len, subject, 0);
            let op = if star.is_some() {
                Op::JUMP_IF_NOT_GE_I
            } else {
                Op::JUMP_IF_NOT_EQ_I
            };
            self.unit.jump(op, len, imm as u16, fail);
            self.unit.top = len;
        }
        // Wildcards need no items: if there is nothing else, none are fetched; with a wildcard star, only those named.
        if patterns.iter().all(is_wildcard) {
            return Ok(());
        }
        match star {
            Some(star) if is_wildcard(&patterns[star]) => {
                for (i, p) in patterns.iter().enumerate() {
                    if is_wildcard(p) {
                        continue;
                    }
                    let item = self.unit.alloc();
                    if i < star {
                        self.unit.emit(Op::LOAD_SUBSCR_I, item, subject, i as u16);
                    } else {
                        let len = self.unit.alloc();
                        self.unit.emit(Op::GET_LEN, len, subject, 0);
                        self.unit
                            .emit(Op::SUB_I, len, len, (patterns.len() - i) as u16);
                        self.unit.emit(Op::LOAD_SUBSCR, item, subject, len);
                    }
                    self.pattern(p, item, fail, captures)?;
                    self.unit.top = item;
                }
            }
            Some(star) => {
                if star >= 256 {
                    return self.error(
                        self.unit.range,
                        "too many expressions in star-unpacking sequence pattern",
                    );
                }
                let base = self.unit.alloc_n(patterns.len());
                let after = patterns.len() - star - 1;
                self.unit
                    .emit_x(Op::UNPACK_EX, star as u8, base, subject, after as u16);
                self.items(patterns, base, fail, captures)?;
            }
            None => {
                let base = self.unit.alloc_n(patterns.len());
                self.unit
                    .emit(Op::UNPACK_SEQUENCE, base, subject, patterns.len() as u16);
                self.items(patterns, base, fail, captures)?;
            }
        }
        Ok(())
    }

    fn items(
        &mut self,
        patterns: &'a [Pattern],
        base: Reg,
        fail: Label,
        captures: &Captures<'a>,
    ) -> Result {
        patterns
            .iter()
            .enumerate()
            .try_for_each(|(i, p)| self.pattern(p, base + i as u16, fail, captures))
    }

    fn mapping_pattern(
        &mut self,
        m: &'a ast::PatternMatchMapping,
        subject: Reg,
        fail: Label,
        captures: &Captures<'a>,
    ) -> Result {
        self.unit.jump(Op::JUMP_IF_NOT_MAPPING, subject, 0, fail);
        let n = m.keys.len();
        if n == 0 && m.rest.is_none() {
            return Ok(());
        }
        let Ok(imm) = i16::try_from(n) else {
            return self.error(self.unit.range, "too many sub-patterns in mapping pattern");
        };
        let keys = self.unit.alloc();
        if n > 0 {
            self.unit.emit(Op::GET_LEN, keys, subject, 0);
            self.unit.jump(Op::JUMP_IF_NOT_GE_I, keys, imm as u16, fail);
        }
        match self.fold_all(&m.keys) {
            Some(constants) => self.unit.load_const(keys, Const::Tuple(constants.into())),
            None => {
                for key in &m.keys {
                    self.expr_new(key)?;
                }
                self.unit.emit(Op::BUILD_TUPLE, keys, keys + 1, n as u16);
                self.unit.top = keys + 1;
            }
        }
        let values = self.unit.alloc();
        self.unit.emit(Op::MATCH_KEYS, values, subject, keys);
        self.unit.jump(Op::JUMP_IF_NONE, values, 0, fail);
        let base = self.unit.alloc_n(n);
        if n > 0 {
            self.unit.emit(Op::UNPACK_SEQUENCE, base, values, n as u16);
        }
        for (i, p) in m.patterns.iter().enumerate() {
            self.pattern(p, base + i as u16, fail, captures)?;
        }
        if let Some(rest) = &m.rest {
            // A dict of all, less the keys.
            let dict = self.unit.alloc();
            self.unit.emit(Op::BUILD_MAP, dict, dict, 0);
            self.unit.emit(Op::DICT_UPDATE, dict, subject, 0);
            let first = self.unit.alloc_n(n);
            if n > 0 {
                self.unit.emit(Op::UNPACK_SEQUENCE, first, keys, n as u16);
            }
            for i in 0..n as u16 {
                self.unit.emit(Op::DELETE_SUBSCR, dict, first + i, 0);
            }
            self.capture(&rest.id, dict, captures);
        }
        Ok(())
    }

    fn class_pattern(
        &mut self,
        c: &'a ast::PatternMatchClass,
        subject: Reg,
        fail: Label,
        captures: &Captures<'a>,
    ) -> Result {
        let positional = &c.arguments.patterns;
        let keywords = &c.arguments.keywords;
        let base = self.unit.alloc();
        self.unit.mov(base, subject);
        self.expr_new(&c.cls)?;
        let names: Vec<Const> = keywords.iter().map(|k| str_const(&k.attr.id)).collect();
        self.const_new(Const::Tuple(names.into()));
        let n = positional.len() + keywords.len();
        if n > i16::MAX as usize {
            return self.error(self.unit.range, "too many sub-patterns in class pattern");
        }
        self.unit
            .emit(Op::MATCH_CLASS, base, base, positional.len() as u16);
        self.unit.jump(Op::JUMP_IF_NONE, base, 0, fail);
        self.unit.top = base + 1;
        if n == 0 {
            return Ok(());
        }
        let items = self.unit.alloc_n(n);
        self.unit.emit(Op::UNPACK_SEQUENCE, items, base, n as u16);
        let patterns = positional.iter().chain(keywords.iter().map(|k| &k.pattern));
        for (i, p) in patterns.enumerate() {
            self.pattern(p, items + i as u16, fail, captures)?;
        }
        Ok(())
    }
}

fn is_wildcard(p: &Pattern) -> bool {
    match p {
        Pattern::MatchAs(a) => a.pattern.is_none() && a.name.is_none(),
        Pattern::MatchStar(s) => s.name.is_none(),
        _ => false,
    }
}

/// The names that a pattern binds, each once, in order.
fn captured_names<'a>(p: &'a Pattern, names: &mut Vec<&'a str>) {
    let add = |name: &'a Option<ast::Identifier>, names: &mut Vec<&'a str>| {
        if let Some(name) = name
            && !names.contains(&name.as_str())
        {
            names.push(name.as_str());
        }
    };
    match p {
        Pattern::MatchAs(a) => {
            if let Some(inner) = &a.pattern {
                with_room(|| captured_names(inner, names));
            }
            add(&a.name, names);
        }
        Pattern::MatchStar(s) => add(&s.name, names),
        Pattern::MatchOr(o) => o
            .patterns
            .iter()
            .for_each(|p| with_room(|| captured_names(p, names))),
        Pattern::MatchSequence(s) => s
            .patterns
            .iter()
            .for_each(|p| with_room(|| captured_names(p, names))),
        Pattern::MatchMapping(m) => {
            m.patterns
                .iter()
                .for_each(|p| with_room(|| captured_names(p, names)));
            add(&m.rest, names);
        }
        Pattern::MatchClass(c) => {
            let all = c
                .arguments
                .patterns
                .iter()
                .chain(c.arguments.keywords.iter().map(|k| &k.pattern));
            all.for_each(|p| with_room(|| captured_names(p, names)));
        }
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
    }
}
