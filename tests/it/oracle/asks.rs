//! The questions: each with what it must be answered.

use serde_json::{Map, Value, json};

use super::figures::CODES;
use super::lists::{Given, List, Order, Row, fact_of, fits, in_order, order_input};
use super::sight::Sight;
use super::world::{Id, World};

/// Numbers that follow from one (SplitMix64), so that a case asks the same each time.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    fn pick<'a, T>(&mut self, some: &'a [T]) -> Option<&'a T> {
        if some.is_empty() { None } else { some.get(self.below(some.len())) }
    }

    pub fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }
}

/// A connection of the API: its field, what it lists, and on what it hangs.
#[derive(Debug)]
pub struct Connection {
    field: &'static str,
    pub list: List,
    parent: Option<Parent>,
}

/// What a connection hangs on: its root, which is also the fact that points to it, and its list.
#[derive(Debug, Clone, Copy)]
struct Parent {
    root: &'static str,
    list: List,
}

const fn root(field: &'static str, list: List) -> Connection {
    Connection { field, list, parent: None }
}

const fn nested(root: &'static str, parents: List, field: &'static str, list: List) -> Connection {
    Connection { field, list, parent: Some(Parent { root, list: parents }) }
}

pub static CONNECTIONS: [Connection; 32] = [
    root("memoranda", List::Memoranda),
    root("organisations", List::Organisations),
    root("partners", List::Partners),
    root("partnerships", List::Partnerships),
    root("milestones", List::Milestones),
    root("outcomes", List::Outcomes),
    root("quarters", List::Quarters),
    root("clauses", List::Clauses),
    root("certificates", List::Certificates),
    root("obstacles", List::Obstacles),
    root("delegations", List::Delegations),
    root("evidenceItems", List::Evidence),
    root("outcomeRevisions", List::Revisions),
    root("successions", List::Successions),
    nested("memorandum", List::Memoranda, "partnerships", List::Partnerships),
    nested("memorandum", List::Memoranda, "clauses", List::Clauses),
    nested("clause", List::Clauses, "milestones", List::Milestones),
    nested("organisation", List::Organisations, "partnerships", List::Partnerships),
    nested("partnership", List::Partnerships, "milestones", List::Milestones),
    nested("partnership", List::Partnerships, "outcomes", List::Outcomes),
    nested("partnership", List::Partnerships, "obstacles", List::Obstacles),
    nested("partnership", List::Partnerships, "evidence", List::Evidence),
    nested("milestone", List::Milestones, "obstacles", List::Obstacles),
    nested("milestone", List::Milestones, "evidence", List::Evidence),
    nested("partnership", List::Partnerships, "comments", List::Comments),
    nested("milestone", List::Milestones, "comments", List::Comments),
    nested("outcome", List::Outcomes, "comments", List::Comments),
    nested("obstacle", List::Obstacles, "comments", List::Comments),
    nested("evidence", List::Evidence, "comments", List::Comments),
    nested("partner", List::Partners, "participations", List::Places),
    nested("partner", List::Partners, "certificates", List::Certificates),
    root("publicPartnerships", List::Public),
];

/// The connections that a role reaches.
pub fn connections(is_bumn: bool) -> &'static [Connection] {
    if is_bumn { &CONNECTIONS } else { &CONNECTIONS[..CONNECTIONS.len() - 1] }
}

/// A filter on values that there are, whether they are seen or not; sometimes on none, which nothing fits.
pub fn any_filter(world: &World, list: List, dice: &mut Dice) -> Value {
    let rows = Sight::everything(world).rows(list);
    let mut filter = Map::new();
    for _ in 0..=dice.below(2) {
        let (all, last) = (list.filters(), dice.one_in(4));
        let picked = if last { all.last() } else { dice.pick(all) };
        let Some((name, given)) = picked.copied() else { return Value::Null };
        let fact = fact_of(name);
        let mut value = || {
            // Also quarters between those that there are.
            if name.starts_with("quarter") {
                return dice.pick(&CODES).map(|code| json!(code));
            }
            let value = dice.pick(&rows).map(|row| row.facts[fact].clone());
            match value {
                Some(Value::Array(several)) => dice.pick(&several).cloned(),
                value => value.filter(|value| !value.is_null()),
            }
        };
        match given {
            Given::One => drop(value().map(|value| filter.insert(name.to_owned(), value))),
            Given::Many => {
                let values = [value(), value()].into_iter().flatten().collect::<Vec<_>>();
                filter.insert(name.to_owned(), values.into());
            }
        }
    }
    filter.into()
}

pub fn any_order(list: List, dice: &mut Dice) -> Order {
    let field = dice.pick(list.orders()).filter(|_| !dice.one_in(4))?.0;
    Some((field, dice.one_in(2)))
}

/// One use of a connection, and the ids that it must give, in order.
#[derive(Debug)]
pub struct Ask {
    pub connection: &'static Connection,
    parent: Option<Id>,
    filter: Value,
    order: Order,
    pub expected: Vec<String>,
}

impl Ask {
    pub fn new(
        sight: &Sight,
        connection: &'static Connection,
        filter: Value,
        order: Order,
        parent: Option<Id>,
    ) -> Self {
        let list = connection.list;
        let of_parent = |row: &Row| {
            parent.zip(connection.parent).is_none_or(|(id, parent)| row.facts[parent.root] == id.to_string())
        };
        let rows = sight.rows(list).into_iter().filter(|row| of_parent(row) && fits(row, &filter)).collect();
        // A place has no id of its own to show: it is told by its partnership.
        let shown = |row: Row| match list {
            List::Places => row.facts["partnership"].as_str().unwrap_or_default().to_owned(),
            _ => row.id.to_string(),
        };
        let expected = in_order(list, rows, order).into_iter().map(shown).collect();
        Self { connection, parent, filter, order, expected }
    }

    /// With any filter and order; none where it hangs on something and nothing is seen that it could hang on.
    pub fn any(sight: &Sight, connection: &'static Connection, dice: &mut Dice) -> Option<Self> {
        let list = connection.list;
        let filter = if dice.one_in(3) { Value::Null } else { any_filter(sight.world, list, dice) };
        let parent = match connection.parent {
            None => None,
            Some(parent) => Some(dice.pick(&sight.rows(parent.list))?.id),
        };
        Some(Self::new(sight, connection, filter, any_order(list, dice), parent))
    }
}

/// How often a document has each connection: always the same for a role, so that it is parsed once.
fn times(connection: &Connection) -> usize {
    let list = connection.list;
    if connection.parent.is_some() { 1 } else { 1 + 2 * list.orders().len() + filters(list) }
}

fn filters(list: List) -> usize {
    list.filters().len().min(3)
}

/// Every connection in every order, by some filters, and hanging on some object.
fn every_ask(sight: &Sight, dice: &mut Dice) -> Vec<Ask> {
    let mut asks = Vec::new();
    for connection in connections(sight.is_bumn) {
        let list = connection.list;
        if connection.parent.is_some() {
            asks.extend(Ask::any(sight, connection, dice));
            continue;
        }
        asks.push(Ask::new(sight, connection, Value::Null, None, None));
        for (field, _) in list.orders() {
            for descends in [false, true] {
                asks.push(Ask::new(sight, connection, Value::Null, Some((*field, descends)), None));
            }
        }
        for _ in 0..filters(list) {
            let filter = any_filter(sight.world, list, dice);
            asks.push(Ask::new(sight, connection, filter, any_order(list, dice), None));
        }
    }
    asks
}

/// Asks in the places that a document has for their connections; a place may stay empty.
pub struct Walks {
    pub document: String,
    layout: Vec<&'static Connection>,
    places: Vec<Option<Walk>>,
}

/// An ask on its way, page by page.
struct Walk {
    ask: Ask,
    size: usize,
    /// Which ways it is still to be walked, the present one last; `true` from the end.
    ways: Vec<bool>,
    given: usize,
    cursor: Value,
}

impl Walks {
    /// Everything, each at once.
    pub fn at_once(sight: &Sight, dice: &mut Dice) -> Self {
        let ways = |dice: &mut Dice| (100, vec![dice.one_in(4)]);
        Self::new(sight, times, every_ask(sight, dice), dice, ways)
    }

    /// A third of the connections, since it takes long, by pages, forward and backward.
    pub fn by_pages(sight: &Sight, dice: &mut Dice) -> Self {
        let walked = connections(sight.is_bumn).iter().filter(|_| dice.one_in(3)).collect::<Vec<_>>();
        let asks = walked.into_iter().filter_map(|one| Ask::any(sight, one, dice)).collect();
        Self::new(sight, |_| 1, asks, dice, |dice| (1 + dice.below(3), vec![true, false]))
    }

    fn new(
        sight: &Sight,
        times: fn(&Connection) -> usize,
        asks: Vec<Ask>,
        dice: &mut Dice,
        ways: impl Fn(&mut Dice) -> (usize, Vec<bool>),
    ) -> Self {
        let layout = connections(sight.is_bumn).iter().flat_map(|one| std::iter::repeat_n(one, times(one)));
        let layout = layout.collect::<Vec<_>>();
        let mut asks = asks.into_iter().peekable();
        let mut places = Vec::new();
        for connection in &layout {
            let ask = asks.next_if(|ask| std::ptr::eq(ask.connection, *connection));
            places.push(ask.map(|ask| {
                let (size, ways) = ways(dice);
                // No walk is longer than some pages.
                let size = size.max(ask.expected.len().div_ceil(4));
                Walk { ask, size, ways, given: 0, cursor: Value::Null }
            }));
        }
        assert!(asks.next().is_none(), "a place for every ask");
        Self { document: document(&layout), layout, places }
    }

    pub fn are_done(&self) -> bool {
        self.places.iter().flatten().all(|walk| walk.ways.is_empty())
    }

    /// What the next pages are asked with.
    pub fn variables(&self) -> Value {
        let mut all = Map::new();
        for (at, place) in self.places.iter().enumerate() {
            let walk = place.as_ref().filter(|walk| !walk.ways.is_empty());
            all.insert(format!("u{at}"), walk.is_some().into());
            if self.layout[at].parent.is_some() {
                let parent = walk.and_then(|walk| walk.ask.parent).map(|id| id.to_string());
                all.insert(format!("p{at}"), parent.unwrap_or_default().into());
            }
            if let Some(walk) = walk {
                walk.put_variables(at, &mut all);
            }
        }
        all.into()
    }

    /// Goes on to the pages after these, where they are right.
    pub fn take(&mut self, data: &Value) -> Result<(), String> {
        for (at, place) in self.places.iter_mut().enumerate() {
            let Some(walk) = place.as_mut().filter(|walk| !walk.ways.is_empty()) else { continue };
            let mut page = &data[format!("c{at}")];
            if walk.ask.connection.parent.is_some() {
                page = &page[walk.ask.connection.field];
            }
            walk.take(page).map_err(|fault| format!("c{at}, {walk}: {fault}", walk = walk.describe()))?;
        }
        Ok(())
    }
}

impl Walk {
    fn describe(&self) -> String {
        let Ask { connection, parent, filter, order, .. } = &self.ask;
        let on = parent.map_or_else(String::new, |id| format!("{id}."));
        let (field, size, given) = (connection.field, self.size, self.given);
        let way = if self.ways.last() == Some(&true) { "last" } else { "first" };
        format!("{on}{field}(filter: {filter}, orderBy: {order:?}, {way}: {size}) beyond {given} rows")
    }

    fn put_variables(&self, at: usize, all: &mut Map<String, Value>) {
        let (size, cursor) = if self.ways.last() == Some(&true) { ("l", "b") } else { ("n", "a") };
        all.insert(format!("{size}{at}"), self.size.into());
        all.insert(format!("{cursor}{at}"), self.cursor.clone());
        let list = self.ask.connection.list;
        if !list.orders().is_empty() {
            all.insert(format!("o{at}"), order_input(self.ask.order));
        }
        if !list.filters().is_empty() {
            all.insert(format!("f{at}"), self.ask.filter.clone());
        }
    }

    fn take(&mut self, page: &Value) -> Result<(), String> {
        let (all, backward) = (&self.ask.expected, self.ways.last() == Some(&true));
        let rest = all.len() - self.given;
        let count = rest.min(self.size);
        let first = if backward { rest - count } else { self.given };
        let (before, after) =
            if backward { (rest > count, self.given > 0) } else { (self.given > 0, rest > count) };
        let expected = json!({
            "totalCount": all.len(), "nodes": &all[first..first + count], "edges": &all[first..first + count],
            "hasPreviousPage": before, "hasNextPage": after,
        });
        let key = |node: &Value| node.get("partnership").unwrap_or(node)["id"].clone();
        let keys = |rows: &Value| rows.as_array().into_iter().flatten().map(key).collect::<Vec<_>>();
        let edges = page["edges"].as_array().map_or(&[][..], Vec::as_slice);
        let info = &page["pageInfo"];
        let got = json!({
            "totalCount": page["totalCount"], "nodes": keys(&page["nodes"]),
            "edges": edges.iter().map(|edge| key(&edge["node"])).collect::<Vec<_>>(),
            "hasPreviousPage": info["hasPreviousPage"], "hasNextPage": info["hasNextPage"],
        });
        if expected != got {
            return Err(format!("\nexpected {expected:#}\ngot {got:#}"));
        }
        let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
        let ends = json!([cursor(edges.first()), cursor(edges.last())]);
        if ends != json!([info["startCursor"], info["endCursor"]]) {
            return Err(format!("the cursors of its ends are not {ends}"));
        }
        self.given += count;
        self.cursor = ends[usize::from(!backward)].clone();
        if self.given == self.ask.expected.len() {
            (self.given, self.cursor) = (0, Value::Null);
            self.ways.pop();
        }
        Ok(())
    }
}

/// A document with a place for each of these; what is not used is left out by its variable.
fn document(layout: &[&Connection]) -> String {
    let (mut variables, mut fields) = (String::new(), String::new());
    for (at, connection) in layout.iter().enumerate() {
        variables += &format!("$u{at}: Boolean!, $n{at}: Int, $a{at}: String, $l{at}: Int, $b{at}: String");
        if connection.parent.is_some() {
            variables += &format!(", $p{at}: ID!");
        }
        let mut arguments = format!("first: $n{at}, after: $a{at}, last: $l{at}, before: $b{at}");
        let list = connection.list;
        if !list.orders().is_empty() {
            variables += &format!(", $o{at}: {}Order", list.input());
            arguments += &format!(", orderBy: $o{at}");
        }
        if !list.filters().is_empty() {
            variables += &format!(", $f{at}: {}Filter", list.input());
            arguments += &format!(", filter: $f{at}");
        }
        variables += "\n";
        let key = if list == List::Places { "partnership { id }" } else { "id" };
        let page = format!(
            "totalCount edges {{ cursor node {{ {key} }} }} nodes {{ {key} }}
             pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}"
        );
        let (field, used) = (connection.field, format!("@include(if: $u{at})"));
        fields += &match connection.parent {
            None => format!("c{at}: {field}({arguments}) {used} {{ {page} }}\n"),
            Some(Parent { root, .. }) => {
                format!("c{at}: {root}(id: $p{at}) {used} {{ {field}({arguments}) {{ {page} }} }}\n")
            }
        };
    }
    format!("query ({variables}) {{\n{fields}}}")
}
