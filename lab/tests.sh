# shellcheck shell=bash
# ./nightwatch test and check: build, format, every test project, coverage of Domain, and one closing line.

build_all() {
  say "restore and build"
  again dotnet restore Serverless.sln -v q -nologo || return 1
  dotnet build Serverless.sln --no-restore -v q -nologo -nodeReuse:false -clp:NoSummary
}

check_format() {
  say "format"
  dotnet format Serverless.sln --verify-no-changes --no-restore || { say "dotnet format would change files: run 'dotnet format Serverless.sln'"; return 1; }
}

# run_project CSPROJ FILTER: leaves a .trx under $results.
run_project() {
  local name arguments=() settings=()
  name=$(basename "$1" .csproj)
  [[ -z $2 ]] || arguments+=(--filter "FullyQualifiedName~$2")
  if [[ $name == Domain.Tests ]]; then
    arguments+=(--collect "XPlat Code Coverage")
    settings=(-- "DataCollectionRunSettings.DataCollectors.DataCollector.Configuration.Include=[Nightwatch.Domain]*")
  fi
  say "test $name"
  dotnet test "$1" --no-build --nologo -v q --results-directory "$results/$name" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
    --blame-hang-timeout 20m --blame-hang-dump-type none "${arguments[@]}" "${settings[@]}"
}

# counter NAME: its sum over all result files.
counter() {
  find "$results" -name '*.trx' -exec grep -ho '<Counters [^>]*' {} + | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'
}

domain_coverage() {
  local report rate
  report=$(find "$results/Domain.Tests" -name coverage.cobertura.xml | head -n 1)
  [[ -n $report ]] || { say "coverage of Domain: no report"; return 1; }
  rate=$(grep -om1 '<coverage line-rate="[0-9.]*"' "$report" | tr -dc '0-9.')
  awk -v rate="$rate" 'BEGIN { printf "coverage of Domain: %.1f %% of lines (at least 80 %%)\n", rate * 100; exit rate < 0.8 }'
}

# What was not run, each with its name; a test keeps the list of Cosmos DB's emulator exact.
list_skipped() {
  local skipped
  skipped=$(find "$results" -name '*.trx' -exec grep -h 'outcome="NotExecuted"' {} + | grep -o 'testName="[^"]*"' | sed 's/.*Tests\.//; s/"$//' | sort)
  [[ -z $skipped ]] || say "$(wc -l <<<"$skipped") skipped: $(paste -sd ' ' <<<"$skipped")"
}

run_tests() {
  local all=0 filter='' failed=0 passed bad project
  while (($#)); do
    case $1 in --all) all=1 ;; -*) fail "test knows --all and a filter, not $1" ;; *) filter=$1 ;; esac
    shift
  done
  install_tools
  install_cosmos_emulator
  if ! build_all; then
    say "0 passed, 1 failed"
    return 1
  fi
  [[ -n $filter ]] || check_format || failed=1
  results=$home/test-results
  rm -rf "$results"
  ((all)) && export NIGHTWATCH_ALL=1
  for project in tests/*.Tests/*.csproj; do
    run_project "$project" "$filter" || failed=1
  done
  [[ -n $filter ]] || domain_coverage || failed=1
  passed=$(counter passed)
  bad=$(($(counter failed) + $(counter error) + $(counter timeout) + $(counter aborted)))
  list_skipped
  ((passed + bad)) || { say "no test ran"; failed=1; }
  say "$passed passed, $bad failed"
  return $((failed || bad))
}

run_check() {
  need_sdks
  build_all && check_format && dotnet test tests/Architecture.Tests --no-build --nologo -v q \
    && dotnet test tests/LocalRuntime.Tests --no-build --nologo -v q --filter "FullyQualifiedName~Conformance|FullyQualifiedName~OfficialApi"
}
