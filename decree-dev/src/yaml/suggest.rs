//! Did you mean …?

/// The candidate that is a typing mistake away from a word, if there is one.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let furthest = word.chars().count() / 3 + 1;
    candidates
        .into_iter()
        .map(|candidate| {
            (
                distance(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= furthest)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be added, taken away or changed.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, from) in (1..).zip(from.chars()) {
        let mut diagonal = std::mem::replace(&mut row[0], above);
        for (column, to) in to.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let known = ["minimum", "maximum", "minLength", "pattern"];
        assert_eq!(closest("minimun", known), Some("minimum"));
        assert_eq!(closest("min_length", known), Some("minLength"));
        assert_eq!(closest("patern", known), Some("pattern"));
        assert_eq!(closest("colour", known), None);
    }
}
