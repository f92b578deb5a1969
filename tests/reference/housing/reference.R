# Transition proportions with design-based errors and intervals, by R's survey package.
#
#     Rscript reference.R        in this folder; writes reference_r.csv, covariance_r.csv, homogeneity_r.csv
suppressMessages(library(survey))
options(digits = 15, survey.lonely.psu = "adjust")

long <- read.csv("../lta/housing.csv")
long <- long[order(long$id, long$time), ]
ids <- unique(long$id)
wide <- data.frame(id = ids, matrix(long$y, ncol = 4, byrow = TRUE), sec = long$sec[!duplicated(long$id)])
names(wide)[2:5] <- paste0("y", 1:4)
wide$w <- 1 + (wide$id %% 5) / 2
wide$psu <- (wide$id * 7) %% 30
gss <- read.csv("../survey/panel.csv")
names(gss)[4:6] <- paste0("y", 1:3)
gss$sec <- gss$nojob

designs <- list(
  housing = svydesign(ids = ~1, weights = ~1, data = transform(wide, one = 1)),
  housing_clusters = svydesign(ids = ~psu, strata = ~sec, weights = ~w, data = wide, nest = TRUE),
  gss = svydesign(ids = ~vpsu, strata = ~vstrat, weights = ~wtpannr123, data = gss, nest = TRUE)
)
steps <- list(c(1, 2), c(2, 3), c(3, 4), c(1, 3), c(1, 4))

ends <- function(d, s) {
  d$variables$from <- d$variables[[paste0("y", s[1])]]
  d$variables$to <- d$variables[[paste0("y", s[2])]]
  d
}

rows <- list()
for (name in names(designs)) for (s in steps) {
  if (name == "gss" && s[2] == 4) next
  d <- ends(designs[[name]], s)
  states <- sort(unique(na.omit(d$variables$y1)))
  for (g in 0:1) for (j in states) {
    part <- subset(d, sec == g & !is.na(from) & !is.na(to) & from == j)
    for (k in states) {
      part$variables$hit <- as.numeric(part$variables$to == k)
      m <- svymean(~hit, part)
      p <- as.numeric(coef(m))
      inside <- p > 0 && p < 1
      logit <- if (inside) as.numeric(attr(svyciprop(~hit, part, method = "logit"), "ci")) else c(NA, NA)
      beta <- if (inside) as.numeric(attr(svyciprop(~hit, part, method = "beta"), "ci")) else c(NA, NA)
      rows[[length(rows) + 1]] <- data.frame(
        design = name, group = g, begin = s[1], end = s[2], origin = j, destination = k,
        n = nrow(part$variables), estimate = p, se = as.numeric(SE(m)), df = degf(part),
        logit_low = logit[1], logit_high = logit[2], beta_low = beta[1], beta_high = beta[2])
    }
  }
}
write.csv(do.call(rbind, rows), "reference_r.csv", row.names = FALSE, na = "")

# The covariance of a whole table: from baseline to the last wave, without a certificate.
d <- ends(designs$housing_clusters, c(1, 4))
d <- subset(d, !is.na(from) & !is.na(to) & sec == 0)
d <- update(d, t0 = as.numeric(to == 0), t1 = as.numeric(to == 1), t2 = as.numeric(to == 2), from = factor(from))
by <- svyby(~t0 + t1 + t2, ~from, d, svymean, covmat = TRUE)
covariance <- vcov(by)
write.csv(data.frame(name = rownames(covariance), unclass(covariance)), "covariance_r.csv", row.names = FALSE)

# Are the destinations of one origin the same with and without a certificate? Rao-Scott, second order.
found <- list()
for (name in names(designs)[1:2]) for (j in 0:1) {
  d <- ends(designs[[name]], c(1, 4))
  part <- subset(d, !is.na(from) & !is.na(to) & from == j)
  test <- svychisq(~to + sec, part, statistic = "F")
  found[[length(found) + 1]] <- data.frame(design = name, origin = j, f = as.numeric(test$statistic),
    ndf = as.numeric(test$parameter[1]), ddf = as.numeric(test$parameter[2]), p_value = as.numeric(test$p.value))
}
write.csv(do.call(rbind, found), "homogeneity_r.csv", row.names = FALSE)
