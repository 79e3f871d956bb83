"""Series by group and period: calendar, period length, coverage, season, regression, dispersion."""
