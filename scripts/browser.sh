#!/usr/bin/env bash
# Finds the Chromium that the browser tests drive, or installs Debian's where this user may.
#   BROWSER_TESTS=skip   leaves the browser tests out, on purpose and said aloud
set -u
if [ "${BROWSER_TESTS:-}" = skip ]; then
  echo "BROWSER_TESTS=skip: 브라우저 테스트를 뺍니다. / The browser tests are left out."
  exit 0
fi
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "브라우저 테스트에 쓸 Chromium을 설치합니다. / Installing Chromium for the browser tests."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null && exit 0
fi
echo "Chromium이 없고 설치할 수 없습니다. 직접 설치하거나 BROWSER_TESTS=skip make test로 빼세요. / There is no Chromium and it cannot be installed here: install it, or leave these tests out with BROWSER_TESTS=skip make test." >&2
exit 1
