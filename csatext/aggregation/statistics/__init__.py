"""Statistics of one table or series: intervals, tests, effect sizes, segmentation."""
