//! Columns of text in line.

use super::output::on_one_line;

/// A table for a terminal: names to the left, numbers to the right.
#[derive(Debug)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
    /// Columns from this one on are numbers.
    numbers: usize,
}

impl Table {
    pub(super) fn new(head: &[&str], numbers: usize) -> Self {
        Self { rows: vec![head.iter().map(|&name| name.to_owned()).collect()], numbers }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| on_one_line(&cell)).collect());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// The lines, none longer than `width` characters.
    pub(super) fn lines(&self, width: usize) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| length(cell)).max())
            .map(Option::unwrap_or_default)
            .collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &wide))| {
                let blanks = " ".repeat(wide.saturating_sub(length(cell)));
                if column >= self.numbers { blanks + cell } else { format!("{cell}{blanks}") }
            });
            let whole = cells.collect::<Vec<_>>().join("  ");
            let cut: String = whole.chars().take(width).collect();
            cut.trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }

    /// The lines as they are, each with its end.
    pub(super) fn text(&self) -> String {
        self.lines(usize::MAX).into_iter().map(|line| line + "\n").collect()
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn names_are_left_and_numbers_right() {
        let mut table = Table::new(&["NAME", "CREDITS"], 1);
        assert!(table.is_empty());
        table.row(["A\u{1b}".to_owned(), "1.50".to_owned()]);
        table.row(["LONGER".to_owned(), "12.25".to_owned()]);
        assert_eq!(table.text(), "NAME     CREDITS\nA\\u{1b}     1.50\nLONGER     12.25\n");
        assert_eq!(table.lines(6), ["NAME", "A\\u{1b", "LONGER"]);
    }
}
