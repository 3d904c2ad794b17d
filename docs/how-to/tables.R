# How often did the United States vote like other states? The answer of two sources, year by year:
# the votes that Voeten, Strezhnev and Bailey publish (doi:10.7910/DVN/LEJUQZ), counted here as their
# data set counts agreement, and the table dyad_year.
#
#   Rscript tables.R DIR UNVotesPublished.RData
#
# DIR is a folder that kg tables wrote. Only base R is needed.

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 2) stop("usage: Rscript tables.R DIR UNVotesPublished.RData")

# The whole table has millions of rows: only those of one state are kept.
read_pairs <- function(file, state) {
  connection <- gzfile(file, "r")
  on.exit(close(connection))
  lines <- readLines(connection, 1)
  while (length(block <- readLines(connection, 100000)) > 0)
    lines <- c(lines, grep(paste0("(^|,)", state, ","), block, value = TRUE))
  read.csv(text = lines, na.strings = "", colClasses = c(state1Cow = "integer", state2Cow = "integer"))
}

pairs <- read_pairs(file.path(arguments[1], "dyad_year.csv.gz"), "USA")
pairs <- pairs[pairs$votes == "all votes" & pairs$nContested > 0, ]
# The number of the other state. Two states of one seat (365 in 1991) are counted together.
pairs$other <- ifelse(pairs$state1 == "USA", pairs$state2Cow, pairs$state1Cow)
pairs$score <- pairs$lijphartContested * pairs$nContested
table <- aggregate(cbind(score, nContested) ~ other + year, pairs, sum)
table$agreement <- table$score / table$nContested

published <- get(load(arguments[2]))
published <- data.frame(
  rcid = published$rcid, other = published$ccode, vote = published$vote,
  year = as.integer(sub(".*/", "", as.character(published$date)))
)
published <- published[published$vote <= 3, ]
options <- tapply(published$vote, published$rcid, function(votes) length(unique(votes)))
published <- published[options[as.character(published$rcid)] > 1, ]
own <- published[published$other == 2, ]
published$own <- own$vote[match(published$rcid, own$rcid)]
published <- published[!is.na(published$own) & published$other != 2, ]
# Yes is 1, an abstention 2, no 3: one step apart is half an agreement.
published$agreement <- 1 - abs(published$vote - published$own) / 2
published$votes <- 1
published <- aggregate(cbind(agreement, votes) ~ other + year, published, sum)
published$agreement <- published$agreement / published$votes

both <- merge(table, published, by = c("other", "year"), suffixes = c("", "Published"))
compare <- function(rows, what) cat(sprintf(
  "%s: %d states by year, correlation %.4f, mean difference %.4f\n", what, nrow(rows),
  cor(rows$agreement, rows$agreementPublished), mean(abs(rows$agreement - rows$agreementPublished))
))
cat(sprintf("%d to %d\n", min(both$year), max(both$year)))
compare(both, "all")
compare(both[both$nContested == both$votes, ], "with the same number of votes")
compare(both[both$nContested > 1.1 * both$votes, ], "with over a tenth more in the table")

names <- c("200" = "GBR", "365" = "SUN/RUS", "710" = "CHN", "750" = "IND", "666" = "ISR")
shown <- both[both$other %in% names(names) & both$year %% 20 == 15, ]
shown <- data.frame(
  year = shown$year, state = names[as.character(shown$other)],
  votes = shown$nContested, table = sprintf("%.3f", shown$agreement),
  votesPublished = shown$votes, published = sprintf("%.3f", shown$agreementPublished)
)
print(shown[order(shown$state, shown$year), ], row.names = FALSE)
