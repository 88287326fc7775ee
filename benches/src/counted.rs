//! Instructions and allocations of one request, counted by valgrind: they are the same however busy
//! the machine is.

use std::{error::Error, process::Command};

use crate::{decode, request};

const FEW: u64 = 1_000;
const MANY: u64 = 3_000;

/// Of each case of a group. What a program does before the first request is subtracted.
pub fn all(group: &str, cases: usize) -> Result<(Vec<f64>, Vec<f64>), Box<dyn Error>> {
    let mut counts = (Vec::new(), Vec::new());
    for case in 0..cases {
        let difference = |count: fn(&str, usize, u64) -> Result<u64, Box<dyn Error>>| {
            let (few, many) = (count(group, case, FEW)?, count(group, case, MANY)?);
            Ok::<f64, Box<dyn Error>>((many as f64 - few as f64) / (MANY - FEW) as f64)
        };
        counts.0.push(difference(instructions)?);
        counts.1.push(difference(allocations)?);
    }
    Ok(counts)
}

fn instructions(group: &str, case: usize, times: u64) -> Result<u64, Box<dyn Error>> {
    let tool = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    under_valgrind(&tool, "Collected : ", group, case, times)
}

fn allocations(group: &str, case: usize, times: u64) -> Result<u64, Box<dyn Error>> {
    under_valgrind(
        &["--tool=memcheck"],
        "total heap usage: ",
        group,
        case,
        times,
    )
}

/// The number that valgrind says behind `label`.
fn under_valgrind(
    tool: &[&str],
    label: &str,
    group: &str,
    case: usize,
    times: u64,
) -> Result<u64, Box<dyn Error>> {
    let ran = Command::new("valgrind")
        .args(tool)
        .arg(std::env::current_exe()?)
        .args(["repeat", group, &case.to_string(), &times.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&ran.stderr);
    let number = said.split(label).nth(1).ok_or("valgrind says nothing")?;
    let digits = number.split_whitespace().next().unwrap_or_default();
    Ok(digits.replace(',', "").parse()?)
}

/// The program that is counted: one case of one group, so many times.
pub fn repeat(mut arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let mut next = || arguments.next().ok_or("repeat GROUP CASE TIMES");
    let (group, case, times) = (next()?, next()?.parse::<usize>()?, next()?.parse()?);
    if group == "decode" {
        return decode::repeat(case, times);
    }
    request::group(&group)?[case].1(times);
    Ok(())
}
