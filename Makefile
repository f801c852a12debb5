# Every target works in .venv and makes it on first use. Nothing outside this folder is touched, but for the browser that
# `make test` installs from Debian's packages where it may (see scripts/browser.sh).
PYTHON ?= python3
BIN := .venv/bin
RUN_READY := .venv/.ready-to-run
TEST_READY := .venv/.ready-to-test
PIP := $(BIN)/python -m pip install --quiet --progress-bar on --disable-pip-version-check -c constraints.txt
ON_POSTGRES := tests/registry tests/curation tests/thumbs tests/effects tests/ratings tests/grading tests/morning tests/voting tests/quiz tests/sharing tests/chat/test_sending.py tests/chat/test_leafing.py tests/chat/test_conversations.py tests/chat/test_reply_lifecycle.py
# A file at a time for each core, in their order: the few tests that take long are not left for the end. The browser tests
# come after, alone: they run the whole site.
IN_PARALLEL := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
TRY_AGAIN := { echo "설치가 끝나지 않았습니다. 위의 오류를 고치고 같은 명령을 다시 실행하면 이어서 합니다. / The install did not finish; mend the error above and run the same command again." >&2; exit 1; }

.PHONY: run test lint bench train encoder translations clean

run: $(RUN_READY)
	@$(BIN)/python manage.py serve

test: $(TEST_READY) lint
	@scripts/browser.sh
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(IN_PARALLEL) --ignore tests/e2e
	@$(BIN)/python -m pytest tests/e2e
	@echo "데이터베이스에 기대는 테스트를 PostgreSQL에서 한 번 더 / the tests that lean on the database, on PostgreSQL"
	@$(BIN)/python -m tests.on_postgres $(IN_PARALLEL) $(ON_POSTGRES)

lint: $(TEST_READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports --no-logo

bench: $(TEST_READY)
	@scripts/browser.sh
	@$(BIN)/python -m benchmarks

# Both shipped personas, or PERSONA=slug; ARGS passes further options (ARGS=--quick for a short form, ARGS=--help for all).
train: $(RUN_READY)
	@$(BIN)/python -m inference_worker.training $(if $(PERSONA),--personas $(PERSONA)) $(if $(WARMUP),--warmup $(WARMUP)) $(ARGS)

# What exemplars are looked up with: learned from the intents anew, after many were written or changed.
encoder: $(RUN_READY)
	@$(BIN)/python -m inference_worker.training.encoder $(ARGS)

translations: $(RUN_READY)
	@$(BIN)/python manage.py makemessages -l en --no-location --no-wrap --ignore .venv --ignore var
	@$(BIN)/python manage.py compilemessages -l en -l ko --ignore .venv

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "파이썬 3.11~3.13이 필요합니다. PYTHON=python3.11 make run 처럼 알려 주세요. / Python 3.11 to 3.13 is needed.")'
	@$(PYTHON) -m venv .venv || $(TRY_AGAIN)

$(RUN_READY): pyproject.toml constraints.txt | $(BIN)/python
	@echo "필요한 것을 설치합니다. 처음에는 몇 분 걸립니다. / Installing; the first time takes some minutes."
	@$(PIP) -e '.[worker,train]' || $(TRY_AGAIN)
	@touch $@

$(TEST_READY): $(RUN_READY)
	@$(PIP) -e '.[worker,train,test]' || $(TRY_AGAIN)
	@touch $@

clean:
	rm -rf .venv build *.egg-info
