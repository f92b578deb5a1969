# Writes the data of this folder: four samples of schools, the panel, and two drawn-up designs.
# Usage: Rscript prepare.R PANEL.csv        (PANEL.csv: gss_panel06_long of the R package gssr)
suppressMessages(library(survey))
panel_file <- commandArgs(trailingOnly = TRUE)[1]

data(api)
keep <- c("stype", "dnum", "snum", "api00", "api99", "enroll", "api.stu", "sch.wide", "ell", "meals", "pw")
write <- function(frame, name) write.csv(frame, paste0(name, ".csv"), row.names = FALSE, na = "", quote = FALSE)
write(apisrs[, c(keep, "fpc")], "apisrs")
write(apistrat[, c(keep, "fpc")], "apistrat")
write(apiclus1[, c(keep, "fpc")], "apiclus1")
write(apiclus2[, c(keep, "fpc1", "fpc2")], "apiclus2")

# The panel, one row for each of the 1,276 people with a weight; iso1-iso3: evenings with friends
# "Never" or "Once a Year" in waves 1-3.
long <- read.csv(panel_file, colClasses = c(firstid = "character"))
wide <- subset(long, wave == 1)[, c("firstid", "vstrat", "vpsu", "sex", "degree", "wrkstat", "marital")]
for (k in 1:3) {
  here <- subset(long, wave == k)
  said <- here$socfrend[match(wide$firstid, here$firstid)]
  wide[[paste0("iso", k)]] <- ifelse(is.na(said) | said == "", NA, as.integer(said %in% c("Never", "Once a Year")))
}
first <- subset(long, wave == 1)
wide$wtpannr123 <- first$wtpannr123[match(wide$firstid, first$firstid)]
wide <- wide[!is.na(wide$wtpannr123), ]
na_if_empty <- function(x) ifelse(x == "", NA, x)
wide$female <- as.integer(wide$sex == "Female")
wide$lowedu <- as.integer(na_if_empty(wide$degree) == "Lt High School")
wide$nojob <- as.integer(!(na_if_empty(wide$wrkstat) %in% c("Working Fulltime", "Working Parttime")))
wide$nojob[wide$wrkstat == ""] <- NA
wide$unmarried <- as.integer(na_if_empty(wide$marital) != "Married")
print(table(first$degree)); print(table(first$wrkstat)); print(table(first$marital))
write(wide[, c("vstrat", "vpsu", "wtpannr123", "iso1", "iso2", "iso3", "female", "lowedu", "nojob", "unmarried")], "panel")

# Two stages with corrections: strata of 1 to 5 PSUs (ids start afresh), PSUs of 1 to 4 second-stage
# units of 1 to 3 rows; some strata and some PSUs taken whole; a group that leaves PSUs untouched.
set.seed(20261123)
rows <- list()
for (h in 1:9) {
  n_psu <- c(1, 2, 3, 5, 1, 4, 2, 1, 3)[h]
  N_psu <- c(6, 8, 3, 20, 1, 30, 9, 12, 11)[h]
  for (i in 1:n_psu) {
    n_ssu <- sample(1:4, 1)
    N_ssu <- if (runif(1) < .3) n_ssu else n_ssu + sample(1:6, 1)
    psu_effect <- rnorm(1)
    for (j in 1:n_ssu) {
      m <- sample(1:3, 1)
      rows[[length(rows) + 1]] <- data.frame(
        stratum = h, psu = i, ssu = j, N_psu = N_psu, N_ssu = N_ssu,
        w = N_psu / n_psu * N_ssu / n_ssu * exp(rnorm(m, 0, .3)),
        y = 5 + h / 3 + psu_effect + rnorm(m), x = 2 + runif(m), g = rbinom(m, 1, .35))
    }
  }
}
two <- do.call(rbind, rows)
two$w <- round(two$w, 6); two$y <- round(two$y, 6); two$x <- round(two$x, 6)
write(two, "twostage")

# Pairs: seven strata of two PSUs, for the half-sample methods; with replicate weights of each kind.
rows <- list()
for (h in 1:7) for (i in 1:2) {
  m <- sample(3:6, 1); shift <- rnorm(1, 0, .7)
  rows[[length(rows) + 1]] <- data.frame(stratum = h, psu = i, w = round(runif(m, 1, 3), 6),
    y = round(3 + shift + rnorm(m), 6), x = round(1 + runif(m), 6), g = rbinom(m, 1, .4))
}
pairs <- do.call(rbind, rows)
base <- svydesign(~psu, strata = ~stratum, weights = ~w, data = pairs, nest = TRUE)
add <- function(name, rep) {
  columns <- weights(rep, "analysis"); colnames(columns) <- sprintf("%s_%02d", name, seq_len(ncol(columns)))
  pairs <<- cbind(pairs, columns)
}
add("jkn", as.svrepdesign(base, type = "JKn"))
add("brr", as.svrepdesign(base, type = "BRR"))
add("fay", as.svrepdesign(base, type = "Fay", fay.rho = .3))
add("boot", as.svrepdesign(base, type = "subbootstrap", replicates = 40))
plain <- svydesign(~interaction(stratum, psu), weights = ~w, data = pairs)
add("jk1", as.svrepdesign(plain, type = "JK1"))
options(digits = 17)
write.csv(format(pairs, digits = 17, trim = TRUE), "pairs.csv", row.names = FALSE, quote = FALSE)
