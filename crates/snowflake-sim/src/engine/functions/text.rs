//! Functions over text.

use super::super::SqlError;
use super::super::types::{MAX_BINARY, SqlType, TEXT};
use super::super::value::{Value, to_text};
use super::{Call, Function, Types};

const fn text(
    name: &'static str,
    arity: (usize, usize),
    value: fn(&Call<'_>) -> Result<Value<'static>, SqlError>,
) -> Function {
    Function::new(name, arity, text_or_binary, value)
}

const fn count(
    name: &'static str,
    arity: (usize, usize),
    value: fn(&Call<'_>) -> Result<Value<'static>, SqlError>,
) -> Function {
    Function::new(name, arity, |_| Ok(SqlType::Number { precision: 18, scale: 0 }), value)
}

pub(super) const FUNCTIONS: &[Function] = &[
    text("UPPER", (1, 1), |call| Ok(Value::text(call.text(0).to_uppercase()))),
    text("LOWER", (1, 1), |call| Ok(Value::text(call.text(0).to_lowercase()))),
    text("INITCAP", (1, 2), initcap),
    text("TRIM", (1, 2), |call| Ok(Value::text(call.text(0).trim_matches(&among(call)[..]).to_owned()))),
    text("LTRIM", (1, 2), |call| {
        Ok(Value::text(call.text(0).trim_start_matches(&among(call)[..]).to_owned()))
    }),
    text("RTRIM", (1, 2), |call| Ok(Value::text(call.text(0).trim_end_matches(&among(call)[..]).to_owned()))),
    text("REVERSE", (1, 1), |call| Ok(Value::text(call.text(0).chars().rev().collect::<String>()))),
    text("REPEAT", (2, 2), |call| {
        let times = usize::try_from(call.integer(1)?).unwrap_or(0);
        let text = call.text(0);
        if text.len().saturating_mul(times) > 134_217_728 {
            return Err(SqlError::new("100078", "22001", "String is too long and would be truncated"));
        }
        Ok(Value::text(text.repeat(times)))
    }),
    text("SPACE", (1, 1), |call| {
        Ok(Value::text(" ".repeat(usize::try_from(call.integer(0)?).unwrap_or(0).min(134_217_728))))
    }),
    text("LEFT", (2, 2), |call| {
        let most = usize::try_from(call.integer(1)?).unwrap_or(0);
        Ok(pieces(call, |all| all.into_iter().take(most).collect()))
    }),
    text("RIGHT", (2, 2), |call| {
        let most = usize::try_from(call.integer(1)?).unwrap_or(0);
        Ok(pieces(call, |all| {
            let skipped = all.len().saturating_sub(most);
            all.into_iter().skip(skipped).collect()
        }))
    }),
    text("SUBSTR", (2, 3), substr),
    text("REPLACE", (2, 3), |call| {
        let pattern = call.text(1);
        let text = call.text(0);
        Ok(Value::text(if pattern.is_empty() { text } else { text.replace(&pattern, &call.text_or(2, "")) }))
    }),
    text("TRANSLATE", (3, 3), |call| {
        let (from, to) = (call.text(1), call.text(2).chars().collect::<Vec<_>>());
        let translated = call
            .text(0)
            .chars()
            .filter_map(|each| match from.chars().position(|one| one == each) {
                Some(at) => to.get(at).copied(),
                None => Some(each),
            })
            .collect::<String>();
        Ok(Value::text(translated))
    }),
    text("LPAD", (2, 3), |call| pad(call, true)),
    text("RPAD", (2, 3), |call| pad(call, false)),
    text("INSERT", (4, 4), |call| {
        let chars: Vec<char> = call.text(0).chars().collect();
        let start = usize::try_from(call.integer(1)?.max(1) - 1).unwrap_or(0).min(chars.len());
        let end = start.saturating_add(usize::try_from(call.integer(2)?).unwrap_or(0)).min(chars.len());
        let head: String = chars[..start].iter().collect();
        Ok(Value::text(head + &call.text(3) + &chars[end..].iter().collect::<String>()))
    }),
    text("SPLIT_PART", (3, 3), split_part),
    text("STRTOK", (1, 3), |call| {
        let delimiters = call.text_or(1, " ");
        let wanted = usize::try_from(call.integer_or(2, 1)? - 1).ok();
        let text = call.text(0);
        let token = wanted.and_then(|at| {
            text.split(|each| delimiters.contains(each)).filter(|part| !part.is_empty()).nth(at)
        });
        Ok(token.map_or(Value::Null, Value::text))
    }),
    text("CHR", (1, 1), |call| {
        let code = call.integer(0)?;
        let letter = u32::try_from(code).ok().and_then(char::from_u32);
        letter.map(|letter| Value::text(letter.to_string())).ok_or_else(|| {
            SqlError::new("100089", "22023", format!("Invalid character code {code} in the CHR input"))
        })
    }),
    text("CONCAT", (1, usize::MAX), concat),
    text("CONCAT_WS", (2, 256), |call| {
        let parts: Vec<String> = (1..call.values.len()).map(|at| call.text(at)).collect();
        Ok(Value::text(parts.join(&call.text(0))))
    }),
    // LISTAGG of nothing is empty, not NULL.
    text("$TEXT_OR_EMPTY", (1, 1), |call| Ok(Value::text(call.raw(0)))).with_nulls(),
    count("LENGTH", (1, 1), |call| {
        Ok(counted(match call.get(0) {
            Value::Binary(bytes) => bytes.len(),
            _ => call.text(0).chars().count(),
        }))
    }),
    count("OCTET_LENGTH", (1, 1), |call| Ok(counted(byte_length(call)))),
    count("BIT_LENGTH", (1, 1), |call| Ok(counted(byte_length(call) * 8))),
    count("ASCII", (1, 1), |call| {
        Ok(Value::integer(call.text(0).chars().next().map_or(0, |each| i64::from(u32::from(each)))))
    }),
    count("UNICODE", (1, 1), |call| {
        Ok(Value::integer(call.text(0).chars().next().map_or(0, |each| i64::from(u32::from(each)))))
    }),
    count("POSITION", (2, 3), |call| {
        let skipped = usize::try_from(call.integer_or(2, 1)?.max(1) - 1).unwrap_or(0);
        let tail: String = call.text(1).chars().skip(skipped).collect();
        Ok(tail
            .find(&call.text(0))
            .map_or(Value::integer(0), |at| counted(tail[..at].chars().count() + skipped + 1)))
    }),
    count("EDITDISTANCE", (2, 3), edit_distance),
    Function::new(
        "$LIKE",
        (2, 3),
        |_| Ok(SqlType::Boolean),
        |call| Ok(Value::Boolean(matches(&call.text(0), &call.text(1), &call.text_or(2, "")))),
    ),
    Function::new(
        "$ILIKE",
        (2, 3),
        |_| Ok(SqlType::Boolean),
        |call| {
            let (text, pattern) = (call.text(0).to_lowercase(), call.text(1).to_lowercase());
            Ok(Value::Boolean(matches(&text, &pattern, &call.text_or(2, ""))))
        },
    ),
    Function::new(
        "CONTAINS",
        (2, 2),
        |_| Ok(SqlType::Boolean),
        |call| Ok(Value::Boolean(call.text(0).contains(&call.text(1)))),
    ),
    Function::new(
        "STARTSWITH",
        (2, 2),
        |_| Ok(SqlType::Boolean),
        |call| Ok(Value::Boolean(call.text(0).starts_with(&call.text(1)))),
    ),
    Function::new(
        "ENDSWITH",
        (2, 2),
        |_| Ok(SqlType::Boolean),
        |call| Ok(Value::Boolean(call.text(0).ends_with(&call.text(1)))),
    ),
    Function::new(
        "HASH",
        (1, 256),
        |_| Ok(SqlType::Number { precision: 19, scale: 0 }),
        |call| {
            // FNV-1a over the values' text: stable, though not the service's own function.
            let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
            for value in &call.values {
                let text = to_text(value.clone(), call.env);
                for byte in text.as_deref().unwrap_or("\u{0}").bytes().chain([0x1F]) {
                    hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
                }
            }
            Ok(Value::integer(hash.cast_signed()))
        },
    )
    .with_nulls(),
];

fn text_or_binary(types: &Types<'_>) -> Result<SqlType, SqlError> {
    Ok(match types.get(0) {
        SqlType::Binary { .. }
            if matches!(types.name, "LEFT" | "RIGHT" | "SUBSTR" | "REVERSE" | "CONCAT") =>
        {
            SqlType::Binary { length: MAX_BINARY }
        }
        _ => TEXT,
    })
}

/// Whether a text follows a pattern of `%` and `_`.
fn matches(text: &str, pattern: &str, escape: &str) -> bool {
    #[derive(Clone, Copy)]
    enum Piece {
        Any,
        One,
        Letter(char),
    }
    let escape = escape.chars().next();
    let mut letters = pattern.chars();
    let mut pieces = Vec::with_capacity(pattern.len());
    while let Some(letter) = letters.next() {
        pieces.push(match letter {
            _ if Some(letter) == escape => Piece::Letter(letters.next().unwrap_or(letter)),
            '%' => Piece::Any,
            '_' => Piece::One,
            other => Piece::Letter(other),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut piece) = (0, 0);
    // Where to go on when what follows the last `%` does not fit.
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pieces.get(piece) {
            Some(Piece::Any) => {
                retry = Some((at, piece));
                piece += 1;
            }
            Some(Piece::One) => (at, piece) = (at + 1, piece + 1),
            Some(Piece::Letter(letter)) if *letter == text[at] => (at, piece) = (at + 1, piece + 1),
            _ => match retry {
                Some((start, any)) => {
                    retry = Some((start + 1, any));
                    (at, piece) = (start + 1, any + 1);
                }
                None => return false,
            },
        }
    }
    pieces[piece..].iter().all(|piece| matches!(piece, Piece::Any))
}

fn counted(count: usize) -> Value<'static> {
    Value::integer(i64::try_from(count).unwrap_or(i64::MAX))
}

fn byte_length(call: &Call<'_>) -> usize {
    match call.get(0) {
        Value::Binary(bytes) => bytes.len(),
        _ => call.text(0).len(),
    }
}

/// The characters to strip; blanks by default.
fn among(call: &Call<'_>) -> Vec<char> {
    call.text_or(1, " ").chars().collect()
}

/// A part of a text by its characters, or of binary data by its bytes.
fn pieces(call: &Call<'_>, choose: impl FnOnce(Vec<u32>) -> Vec<u32>) -> Value<'static> {
    match call.get(0) {
        Value::Binary(bytes) => {
            let chosen = choose(bytes.iter().map(|byte| u32::from(*byte)).collect());
            Value::Binary(chosen.into_iter().filter_map(|code| u8::try_from(code).ok()).collect())
        }
        _ => {
            let chosen = choose(call.text(0).chars().map(u32::from).collect());
            Value::text(chosen.into_iter().filter_map(char::from_u32).collect::<String>())
        }
    }
}

/// A start from 1, or from the end when negative.
fn substr(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let start = call.integer(1)?;
    let length = if call.has(2) { Some(usize::try_from(call.integer(2)?).unwrap_or(0)) } else { None };
    Ok(pieces(call, |all| {
        let skipped = if start > 0 {
            usize::try_from(start - 1).unwrap_or(usize::MAX)
        } else if start == 0 {
            0
        } else {
            let back = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
            if back > all.len() { all.len() } else { all.len() - back }
        };
        all.into_iter().skip(skipped).take(length.unwrap_or(usize::MAX)).collect()
    }))
}

fn initcap(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let delimiters = call.text_or(1, " \t\n\r!?@\"^#$&~_,.:;+-*%/|\\[](){}<>");
    let mut fresh = true;
    let mut out = String::new();
    for each in call.text(0).chars() {
        if fresh {
            out.extend(each.to_uppercase());
        } else {
            out.extend(each.to_lowercase());
        }
        fresh = delimiters.contains(each);
    }
    Ok(Value::text(out))
}

fn pad(call: &Call<'_>, left: bool) -> Result<Value<'static>, SqlError> {
    let length = usize::try_from(call.integer(1)?).unwrap_or(0).min(134_217_728);
    let (text, padding) = (call.text(0), call.text_or(2, " "));
    let size = text.chars().count();
    if size >= length || padding.is_empty() {
        return Ok(Value::text(text.chars().take(length).collect::<String>()));
    }
    let filling: String = padding.chars().cycle().take(length - size).collect();
    Ok(Value::text(if left { filling + &text } else { text + &filling }))
}

fn split_part(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let (text, delimiter, number) = (call.text(0), call.text(1), call.integer(2)?);
    let parts: Vec<&str> = if delimiter.is_empty() { vec![&text] } else { text.split(&delimiter).collect() };
    let at = match number {
        0 => Some(0),
        1.. => usize::try_from(number - 1).ok(),
        _ => usize::try_from(number.unsigned_abs()).ok().and_then(|back| parts.len().checked_sub(back)),
    };
    Ok(Value::text(at.and_then(|at| parts.get(at)).copied().unwrap_or("")))
}

fn concat(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    if matches!(call.returns, SqlType::Binary { .. }) {
        let mut all = Vec::new();
        for value in &call.values {
            if let Value::Binary(bytes) = value {
                all.extend_from_slice(bytes);
            }
        }
        return Ok(Value::Binary(all.into()));
    }
    Ok(Value::text((0..call.values.len()).map(|at| call.text(at)).collect::<String>()))
}

fn edit_distance(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let (a, b): (Vec<char>, Vec<char>) = (call.text(0).chars().collect(), call.text(1).chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let changed = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    let distance = row[b.len()];
    let most = if call.has(2) { usize::try_from(call.integer(2)?).unwrap_or(0) } else { usize::MAX };
    Ok(counted(distance.min(most)))
}
