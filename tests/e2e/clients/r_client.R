# Runs the trials of httr2: a JSON array on standard input, a JSON object a line as output.
library(httr2)

perform <- function(trial) {
  request <- request(trial$endpoint) |> req_headers(Accept = trial$accept)
  request <- if (trial$method == "GET") {
    req_url_query(request, query = trial$query)
  } else {
    req_body_form(request, query = trial$query)
  }
  response <- req_perform(request)
  switch(trial$format,
    json = {
      answer <- resp_body_json(response)
      if (is.null(answer$boolean)) length(answer$results$bindings) else as.integer(answer$boolean)
    },
    csv = nrow(read.csv(text = resp_body_string(response))),
    tsv = nrow(read.delim(text = resp_body_string(response))),
    ntriples = length(strsplit(trimws(resp_body_string(response)), "\n")[[1]])
  )
}

for (trial in jsonlite::fromJSON(file("stdin"), simplifyDataFrame = FALSE)) {
  size <- tryCatch(perform(trial), error = function(error) substr(conditionMessage(error), 1, 120))
  cat(as.character(jsonlite::toJSON(list(key = trial$key, size = size), auto_unbox = TRUE)), "\n")
}
