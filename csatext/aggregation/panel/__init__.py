"""Series by group and period: period length, coverage, season, regression, dispersion."""
