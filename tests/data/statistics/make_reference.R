# Writes reference.txt: see README.md. Rscript make_reference.R
library(survival)
set.seed(20240501)
out <- file("reference.txt", "w")
put <- function(name, values) cat(paste(c(name, sprintf("%.15g", values)), collapse = " "), "\n", sep = "", file = out)
n <- 40
time_a <- round(pmin(rexp(n, 1 / 30), 60), 1); event_a <- as.integer(time_a < 60)
time_b <- round(pmin(rweibull(n, 1.7, 25), 60), 1); event_b <- as.integer(time_b < 60)
# Early censoring, too, so that the numbers at risk fall between events.
early <- sample(n, 8); event_a[early] <- 0L
put("time_a", time_a); put("event_a", event_a); put("time_b", time_b); put("event_b", event_b)
fit <- summary(survfit(Surv(time_a, event_a) ~ 1, conf.type = "log-log"))
put("km_time", fit$time); put("km_survival", fit$surv); put("km_error", fit$std.err)
put("km_lower", fit$lower); put("km_upper", fit$upper)
mean_of <- function(time, event, tau) {
  table <- survival:::survmean(survfit(Surv(time, event) ~ 1), rmean = tau)$matrix
  c(table["rmean"], table["se(rmean)"])
}
put("restricted_mean_a", mean_of(time_a, event_a, 45))
put("restricted_mean_b", mean_of(time_b, event_b, 45))
test <- survdiff(Surv(c(time_a, time_b), c(event_a, event_b)) ~ rep(1:2, each = n))
put("log_rank", c(test$chisq, pchisq(test$chisq, 1, lower.tail = FALSE)))
p <- c(0.01, 0.04, 0.03, 0.005, 0.5, 0.03)
put("p_values", p); put("holm", p.adjust(p, "holm"))
for (case in list(c(0, 10), c(8, 10), c(37, 50), c(100, 100))) {
  put("wilson", c(case, prop.test(case[1], case[2], correct = FALSE)$conf.int))
}
d <- 2^(1:8); cost <- 3 * d^0.5 * exp(rnorm(8, sd = 0.2))
line <- lm(log(cost) ~ log(d))
put("scaling_difficulty", d); put("scaling_cost", cost)
put("scaling_fit", c(coef(line)[2], coef(line)[1], confint(line)[2, ], summary(line)$r.squared))
put("normal_quantile", qnorm(c(1e-10, 0.001, 0.3, 0.975)))
close(out)
