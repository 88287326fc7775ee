//! [`Fault`]: how often something goes wrong.

/// Something that goes wrong: never, a few times, or until told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault<T> {
    /// It does not.
    #[default]
    Never,
    /// The next so many times.
    Next(u32, T),
    /// Every time.
    Always(T),
}

impl<T: Clone> Fault<T> {
    /// What goes wrong this time.
    pub(crate) fn take(&mut self) -> Option<T> {
        match self {
            Self::Never | Self::Next(0, _) => None,
            Self::Next(left, what) => {
                *left -= 1;
                Some(what.clone())
            }
            Self::Always(what) => Some(what.clone()),
        }
    }

    /// What would go wrong this time.
    pub(crate) fn coming(&self) -> Option<&T> {
        match self {
            Self::Never | Self::Next(0, _) => None,
            Self::Next(_, what) | Self::Always(what) => Some(what),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_wrong_as_often_as_told() {
        let times = |mut fault: Fault<()>| (0..5).filter(|_| fault.take().is_some()).count();
        for (fault, wrong) in [
            (Fault::Never, 0),
            (Fault::Next(0, ()), 0),
            (Fault::Next(3, ()), 3),
            (Fault::Always(()), 5),
        ] {
            assert_eq!(times(fault), wrong, "{fault:?}");
            assert_eq!(fault.coming().is_some(), wrong > 0, "{fault:?}");
        }
    }
}
