# Rscript foreign.R: electric.sav as R's own SPSS reader (package foreign) has it, codes not labels.
d <- foreign::read.spss("electric.sav", use.value.labels = FALSE, to.data.frame = TRUE,
                        use.missings = TRUE)
for (n in names(d)) if (is.character(d[[n]])) d[[n]] <- trimws(d[[n]])
write.csv(d, "electric_foreign.csv", row.names = FALSE, na = "")
cat(R.version.string, "foreign", as.character(packageVersion("foreign")), "\n")
