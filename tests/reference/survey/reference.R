# Writes reference_r.csv: what R's survey package says of the data in this folder.
# Usage: Rscript reference.R          Columns: design, rule, what, term, estimate, se, df
suppressMessages(library(survey))
out <- list()
put <- function(design, rule, what, term, estimate, se = NA, df = NA)
  out[[length(out) + 1]] <<- data.frame(design, rule, what, term, estimate = as.numeric(estimate), se = as.numeric(se), df = df)
read <- function(name) read.csv(paste0(name, ".csv"))
stat <- function(design, rule, what, term, s, df = NA) put(design, rule, what, term, coef(s), SE(s), df)

schools <- list(
  srs = svydesign(~1, weights = ~pw, fpc = ~fpc, data = read("apisrs")),
  strat = svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = read("apistrat")),
  clus1 = svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = read("apiclus1")),
  clus1_nofpc = svydesign(~dnum, weights = ~pw, data = read("apiclus1")),
  clus2 = svydesign(~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = read("apiclus2")),
  clus2_onestage = svydesign(~dnum, weights = ~pw, fpc = ~fpc1, data = read("apiclus2")),
  clus2_nofpc = svydesign(~dnum + snum, weights = ~pw, data = read("apiclus2")))
for (name in names(schools)) {
  d <- schools[[name]]
  both <- svymean(~api00 + api99, d)
  put(name, "", "mean", c("api00", "api99"), coef(both), SE(both), degf(d))
  put(name, "", "covariance", "api00:api99", vcov(both)[1, 2])
  stat(name, "", "total", "enroll", svytotal(~enroll, d, na.rm = TRUE))
  stat(name, "", "ratio", "api.stu/enroll", svyratio(~api.stu, ~enroll, d, na.rm = TRUE))
  for (type in c("E", "H", "M")) {
    s <- subset(d, stype == type)
    stat(name, "", paste0("mean|", type), "api00", svymean(~api00, s), degf(s))
    stat(name, "", paste0("total|", type), "enroll", svytotal(~enroll, s, na.rm = TRUE), degf(s[!is.na(s$variables$enroll), ]))
    stat(name, "", paste0("ratio|", type), "api.stu/enroll", svyratio(~api.stu, ~enroll, s, na.rm = TRUE))
  }
  share <- svymean(~as.numeric(sch.wide == "Yes"), d)
  stat(name, "", "share", "sch.wide", share, degf(d))
  for (method in c("logit", "xlogit", "beta", "mean")) {
    ci <- attr(svyciprop(~I(as.numeric(sch.wide == "Yes")), d, method = method), "ci")
    put(name, "", paste0("ci.", method), c("low", "high"), ci)
  }
  line <- svyglm(api00 ~ ell + meals + stype, d)
  put(name, "", "linear", names(coef(line)), coef(line), SE(line))
}

# (warnings that the data are not integers are of svyglm with sampling weights)
people <- function(rule) { options(survey.lonely.psu = rule)
  svydesign(~vpsu, strata = ~vstrat, weights = ~wtpannr123, nest = TRUE, data = read("panel")) }
for (rule in c("adjust", "average", "remove", "certainty")) {
  d <- people(rule)
  put("panel", rule, "df", "all", degf(d))
  for (v in c("iso1", "iso2", "iso3", "lowedu", "nojob", "unmarried")) {
    f <- as.formula(paste0("~", v))
    stat("panel", rule, "mean", v, svymean(f, d, na.rm = TRUE))
    stat("panel", rule, "total", v, svytotal(f, d, na.rm = TRUE))
    for (sex in 0:1) {
      s <- subset(d, female == sex)
      stat("panel", rule, paste0("mean|female=", sex), v, svymean(f, s, na.rm = TRUE))
      put("panel", rule, paste0("df|female=", sex), v, degf(s[!is.na(s$variables[[v]]), ]))
    }
  }
  stat("panel", rule, "ratio", "iso3/iso1", svyratio(~iso3, ~iso1, subset(d, !is.na(iso1) & !is.na(iso3))))
}

# R gives NaN for "average" when the only unit of a PSU is at a later stage, so it is left out there.
for (rule in c("adjust", "remove", "certainty")) {
  options(survey.lonely.psu = rule)
  d <- svydesign(~psu + ssu, strata = ~stratum, weights = ~w, fpc = ~N_psu + N_ssu, nest = TRUE, data = read("twostage"))
  one <- svydesign(~psu, strata = ~stratum, weights = ~w, fpc = ~N_psu, nest = TRUE, data = read("twostage"))
  for (which in c("all", "g")) {
    for (stages in 1:2) {
      s <- list(one, d)[[stages]]; if (which == "g") s <- subset(s, g == 1)
      name <- paste0("twostage", stages); tail <- if (which == "g") "|g" else ""
      stat(name, rule, paste0("mean", tail), "y", svymean(~y, s), degf(s))
      stat(name, rule, paste0("total", tail), "y", svytotal(~y, s), degf(s))
      stat(name, rule, paste0("ratio", tail), "y/x", svyratio(~y, ~x, s))
    }
  }
}
options(survey.lonely.psu = "average")
one <- svydesign(~psu, strata = ~stratum, weights = ~w, fpc = ~N_psu, nest = TRUE, data = read("twostage"))
stat("twostage1", "average", "mean", "y", svymean(~y, one), degf(one))
stat("twostage1", "average", "total", "y", svytotal(~y, one), degf(one))
stat("twostage1", "average", "mean|g", "y", svymean(~y, subset(one, g == 1)), degf(subset(one, g == 1)))

# Replicate weights read in as columns; rule = where deviations are taken from.
pairs <- read("pairs")
for (mse in c(FALSE, TRUE)) {
  with <- function(prefix, type, ...) svrepdesign(data = pairs, weights = ~w, repweights = paste0("^", prefix, "_"),
    type = type, combined.weights = TRUE, mse = mse, ...)
  reps <- list(jk1 = with("jk1", "JK1", scale = 13 / 14, rscales = rep(1, 14)), jkn = with("jkn", "JKn", scale = 1, rscales = rep(1 / 2, 14)),
    brr = with("brr", "BRR"), fay = with("fay", "Fay", rho = .3), boot = with("boot", "bootstrap"))
  for (name in names(reps)) {
    d <- reps[[name]]; rule <- if (mse) "estimate" else "mean"
    stat(paste0("pairs.", name), rule, "mean", "y", svymean(~y, d), degf(d))
    stat(paste0("pairs.", name), rule, "total", "y", svytotal(~y, d))
    stat(paste0("pairs.", name), rule, "ratio", "y/x", svyratio(~y, ~x, d))
    s <- subset(d, g == 1)
    stat(paste0("pairs.", name), rule, "mean|g", "y", svymean(~y, s), degf(s))
    stat(paste0("pairs.", name), rule, "ratio|g", "y/x", svyratio(~y, ~x, s))
  }
}
base <- svydesign(~psu, strata = ~stratum, weights = ~w, data = pairs, nest = TRUE)
stat("pairs", "", "mean", "y", svymean(~y, base), degf(base))

# Replicates with a finite-population correction, made by R: their scales.
for (name in c("clus1", "strat")) {
  d <- schools[[name]]
  r <- as.svrepdesign(d, type = if (name == "clus1") "JK1" else "JKn")
  stat(paste0("made.", name), "", "ratio", "api.stu/enroll", svyratio(~api.stu, ~enroll, r, na.rm = TRUE), degf(r))
  stat(paste0("made.", name), "", "mean", "api00", svymean(~api00, r))
}

result <- do.call(rbind, out)
result[c("estimate", "se")] <- lapply(result[c("estimate", "se")], function(x) ifelse(is.na(x), "", sprintf("%.17g", x)))
result$df[is.na(result$df)] <- ""
write.csv(result, "reference_r.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "survey", as.character(packageVersion("survey")), nrow(result), "rows\n")

# Intervals of a share without a design: exact (Clopper-Pearson) and score (Wilson).
whole <- do.call(rbind, lapply(list(c(0, 59), c(3, 40), c(17, 60), c(40, 40)), function(k) {
  exact <- binom.test(k[1], k[2])$conf.int; score <- prop.test(k[1], k[2], correct = FALSE)$conf.int
  data.frame(hits = k[1], n = k[2], method = c("exact", "wilson"), low = c(exact[1], score[1]), high = c(exact[2], score[2]))
}))
whole[c("low", "high")] <- lapply(whole[c("low", "high")], function(x) sprintf("%.17g", x))
write.csv(whole, "intervals_r.csv", row.names = FALSE, quote = FALSE)
