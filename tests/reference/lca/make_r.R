# References from R for the item types that poLCA does not have.
# Usage: Rscript make_r.R      (writes separated.csv, mixed.csv, iris.csv, r_values.csv, r_versions.txt)
suppressMessages({library(mclust); library(flexmix); library(VGAM); library(MASS); library(nnet)})
set.seed(20261123)
out <- data.frame()
add <- function(data, model, classes, quantity, value)
  out <<- rbind(out, data.frame(data, model, classes, quantity, value))

# ---- 1. Groups that are known for certain: the mixture's maximum is ordinary regression by group ----
n <- 600
x <- round(rnorm(n), 3)
eta <- cbind(0, 0.3 + 0.8 * x, -0.4 - 0.6 * x)
g <- apply(exp(eta), 1, function(p) sample(3, 1, prob = p))
adjacent <- function(a, b) { l <- cumsum(c(0, a + b)); exp(l) / sum(exp(l)) }
a <- c(0.6, -0.2, -0.7); b <- c(0, 0.7, -0.9)
ordinal <- sapply(g, function(k) sample(4, 1, prob = adjacent(a, b[k])))
count <- rpois(n, c(1, 3, 6)[g])
negbin <- rnbinom(n, size = 1.5, mu = c(2, 5, 9)[g])
gauss <- round(rnorm(n, c(-1, 0.2, 1.5)[g], 0.8), 4)
joint <- function(k) { l <- outer(c(0, c(-.5, .3, .8)[k]), c(0, c(.4, -.3, .2)[k], c(-.2, .5, .6)[k]), "+")
  l <- l + matrix(c(0, 0, 0, .9, 0, -.7), 2); exp(l) / sum(exp(l)) }
cell <- sapply(g, function(k) sample(6, 1, prob = joint(k)))
first <- (cell - 1) %% 2 + 1; second <- (cell - 1) %/% 2 + 1
d <- data.frame(g, x, ordinal, count, negbin, gauss, first, second)
write.csv(d, "separated.csv", row.names = FALSE)
f <- factor(g)
share <- sum(table(g) * log(table(g) / n))
add("separated", "shares", 3, "loglik", share)
v <- vglm(ordered(ordinal) ~ f, acat(parallel = TRUE ~ f - 1), control = vglm.control(epsilon = 1e-10, maxit = 50))
add("separated", "ordinal", 3, "loglik", logLik(v))
p <- fitted(v)[match(1:3, g), ]
for (k in 1:3) for (c in 1:4) add("separated", "ordinal", 3, sprintf("p[%d,%d]", c, k), p[k, c])
m <- glm(count ~ f - 1, family = poisson, control = glm.control(epsilon = 1e-14))
add("separated", "count", 3, "loglik", logLik(m))
for (k in 1:3) { add("separated", "count", 3, sprintf("mean[%d]", k), exp(coef(m)[k]))
  add("separated", "count", 3, sprintf("se_mean[%d]", k), exp(coef(m)[k]) * sqrt(vcov(m)[k, k])) }
m <- glm.nb(negbin ~ f - 1, control = glm.control(epsilon = 1e-14, maxit = 200))
add("separated", "negbin", 3, "loglik", logLik(m))
add("separated", "negbin", 3, "size", m$theta)
for (k in 1:3) add("separated", "negbin", 3, sprintf("mean[%d]", k), exp(coef(m)[k]))
m <- lm(gauss ~ f - 1)
add("separated", "continuous", 3, "loglik", logLik(m))
add("separated", "continuous", 3, "variance", mean(resid(m)^2))
for (k in 1:3) add("separated", "continuous", 3, sprintf("mean[%d]", k), coef(m)[k])
tab <- as.data.frame(table(f = f, first = first, second = second))
m <- glm(Freq ~ f * first + f * second + first:second, poisson, tab, control = glm.control(epsilon = 1e-14))
tab$p <- fitted(m) / tapply(tab$Freq, tab$f, sum)[tab$f]
add("separated", "pair", 3, "loglik", sum(tab$Freq * log(tab$p)))
for (i in seq_len(nrow(tab)))
  add("separated", "pair", 3, sprintf("p[%s,%s,%s]", tab$first[i], tab$second[i], tab$f[i]), tab$p[i])
m <- multinom(f ~ x, Hess = TRUE, trace = FALSE, reltol = 1e-15, abstol = 1e-15, maxit = 1000)
add("separated", "membership", 3, "loglik", logLik(m))
se <- sqrt(diag(solve(m$Hessian)))
for (k in 1:2) for (j in 1:2) {
  add("separated", "membership", 3, sprintf("coef[%s,%d]", c("1", "x")[j], k + 1), coef(m)[k, j])
  add("separated", "membership", 3, sprintf("se[%s,%d]", c("1", "x")[j], k + 1), se[(k - 1) * 2 + j]) }

# ---- 2. Gaussian: mclust EEI (diagonal, equal over classes), 200 random starts ----
y <- as.matrix(iris[, 1:4]); write.csv(iris[, 1:4], "iris.csv", row.names = FALSE)
for (k in 1:4) {
  best <- -Inf; hits <- 0
  for (s in 1:200) {
    z <- matrix(rexp(nrow(y) * k), ncol = k); z <- (z / rowSums(z))
    if (k == 1) z[] <- 1 else { pick <- sample(nrow(y), k); d2 <- sapply(pick, function(i) rowSums(sweep(y, 2, y[i, ])^2))
      z <- unmap(apply(d2, 1, which.min), groups = 1:k) }
    fit <- try(me(modelName = "EEI", data = y, z = z, control = emControl(tol = 1e-14, itmax = 20000)), silent = TRUE)
    if (inherits(fit, "try-error") || !is.finite(fit$loglik)) next
    if (fit$loglik > best + 1e-5) { best <- fit$loglik; hits <- 1; keep <- fit }
    else if (abs(fit$loglik - best) < 1e-5) hits <- hits + 1
    if (k == 1) break
  }
  add("iris", "continuous", k, "loglik", best); add("iris", "continuous", k, "hits_of_200", hits)
  o <- order(keep$parameters$mean[3, ])
  for (c in 1:k) add("iris", "continuous", k, sprintf("share[%d]", c), keep$parameters$pro[o[c]])
  for (j in 1:4) for (c in 1:k) add("iris", "continuous", k, sprintf("mean[%d,%d]", j, c), keep$parameters$mean[j, o[c]])
  for (j in 1:4) add("iris", "continuous", k, sprintf("variance[%d]", j), keep$parameters$variance$Sigma[j, j])
}

# ---- 3. Overlapping classes: counts by flexmix; ordinal, negative binomial, mixed by direct maximisation ----
n <- 700; g <- sample(3, n, TRUE, c(.5, .3, .2))
y <- sapply(1:4, function(j) rpois(n, c(1.2, 3, 6)[g] * c(1, .7, 1.3, .5)[j]))
h <- sample(2, n, TRUE, c(.6, .4))
nb <- sapply(1:3, function(j) rnbinom(n, size = c(1.5, 3, 2)[j], mu = c(1.5, 6)[h] * c(1, .8, 1.4)[j]))
or <- sapply(1:4, function(j) sapply(h, function(k) sample(4, 1, prob = adjacent(c(.5, -.3, -.6) + .1 * j, c(0, 1.4)[k]))))
d <- data.frame(y, nb, or); names(d) <- c(paste0("count", 1:4), paste0("negbin", 1:3), paste0("ordinal", 1:4))
write.csv(d, "mixed.csv", row.names = FALSE)
for (k in 1:3) {
  fit <- stepFlexmix(y ~ 1, k = k, nrep = if (k > 1) 20 else 1, model = FLXMCmvpois(), verbose = FALSE,
                     control = list(tolerance = 1e-12, iter.max = 20000, minprior = 0))
  add("mixed", "count", k, "loglik", logLik(fit))
  m <- matrix(parameters(fit), ncol = k); o <- order(m[1, ])
  for (c in 1:k) add("mixed", "count", k, sprintf("share[%d]", c), prior(fit)[o[c]])
  for (j in 1:4) for (c in 1:k) add("mixed", "count", k, sprintf("mean[%d,%d]", j, c), m[j, o[c]])
}
lse <- function(l) { t <- apply(l, 1, max); t + log(rowSums(exp(l - t))) }
direct <- function(nll, starts) {   # the best of several starts, polished until it stands still
  best <- NULL
  for (s in starts) { f <- optim(s, nll, method = "BFGS", control = list(maxit = 2000, reltol = 1e-14))
    if (is.null(best) || f$value < best$value) best <- f }
  for (i in 1:5) best <- optim(best$par, nll, method = "BFGS", control = list(maxit = 2000, reltol = 1e-15))
  best }
nllnb <- function(t) { w <- plogis(t[1]); mu <- matrix(exp(t[2:7]), 3); r <- exp(t[8:10])
  l <- sapply(1:2, function(k) rowSums(sapply(1:3, function(j) dnbinom(nb[, j], size = r[j], mu = mu[j, k], log = TRUE))))
  -sum(lse(sweep(l, 2, log(c(1 - w, w)), "+"))) }
f <- direct(nllnb, lapply(1:6, function(i) c(0, rnorm(6, log(colMeans(nb)), .8), rep(0, 3))))
o <- order(exp(matrix(f$par[2:7], 3))[1, ])
add("mixed", "negbin", 2, "loglik", -f$value)
for (c in 1:2) add("mixed", "negbin", 2, sprintf("share[%d]", c), c(1 - plogis(f$par[1]), plogis(f$par[1]))[o[c]])
for (j in 1:3) for (c in 1:2) add("mixed", "negbin", 2, sprintf("mean[%d,%d]", j, c), exp(matrix(f$par[2:7], 3))[j, o[c]])
for (j in 1:3) add("mixed", "negbin", 2, sprintf("size[%d]", j), exp(f$par[7 + j]))
for (j in 1:3) { m <- glm.nb(nb[, j] ~ 1, control = glm.control(epsilon = 1e-14, maxit = 200))
  add("mixed", "negbin", 1, sprintf("loglik[%d]", j), logLik(m)); add("mixed", "negbin", 1, sprintf("size[%d]", j), m$theta) }
nllor <- function(t) { w <- plogis(t[1]); l <- matrix(0, n, 2)
  for (j in 1:4) { u <- t[1 + (j - 1) * 4 + 1:4]
    for (k in 1:2) l[, k] <- l[, k] + log(adjacent(u[1:3], (k - 1) * u[4]))[or[, j]] }
  -sum(lse(sweep(l, 2, log(c(1 - w, w)), "+"))) }
f <- direct(nllor, lapply(1:6, function(i) c(0, rnorm(16, 0, .7))))
up <- f$par[5] > 0; w <- plogis(f$par[1])
add("mixed", "ordinal", 2, "loglik", -f$value)
for (c in 1:2) add("mixed", "ordinal", 2, sprintf("share[%d]", c), c(1 - w, w)[if (up) c else 3 - c])
for (j in 1:4) { u <- f$par[1 + (j - 1) * 4 + 1:4]
  for (k in 1:2) { p <- adjacent(u[1:3], (if (up) k - 1 else 2 - k) * u[4])
    for (c in 1:4) add("mixed", "ordinal", 2, sprintf("p[%d,%d,%d]", j, c, k), p[c]) } }
for (j in 1:4) { t <- table(or[, j]); add("mixed", "ordinal", 1, sprintf("loglik[%d]", j), sum(t * log(t / n))) }
nllall <- function(t) { w <- plogis(t[1]); mu <- exp(t[2:3]); l <- matrix(0, n, 2)   # one of each kind
  u <- t[4:7]; m2 <- exp(t[8:9]); r <- exp(t[10]); mean3 <- t[11:12]; s <- exp(t[13]); z <- log1p(nb[, 2])
  for (k in 1:2) l[, k] <- dpois(y[, 1], mu[k], log = TRUE) + log(adjacent(u[1:3], (k - 1) * u[4]))[or[, 1]] +
    dnbinom(nb[, 1], size = r, mu = m2[k], log = TRUE) + dnorm(z, mean3[k], s, log = TRUE)
  -sum(lse(sweep(l, 2, log(c(1 - w, w)), "+"))) }
f <- direct(nllall, lapply(1:8, function(i) c(0, rnorm(2, .7, .5), rnorm(4, 0, .7), rnorm(2, 1, .6), 0, rnorm(2, 1, .5), 0)))
add("mixed", "all kinds", 2, "loglik", -f$value)
write.csv(transform(out, value = sprintf("%.12g", as.numeric(value))), "r_values.csv", row.names = FALSE, quote = 1:4)
writeLines(c(R.version.string, sapply(c("mclust", "flexmix", "VGAM", "MASS", "nnet"),
  function(p) paste(p, packageVersion(p)))), "r_versions.txt")
