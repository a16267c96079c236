# npm install of a local tarball with a script of its own, npx, npm pack.
# @timeout 120
mkdir -p /tmp/p/lib /tmp/n && cd /tmp/p
cat > package.json <<'J'
{"name":"moat-pkg","version":"1.2.3","main":"index.js","bin":{"moat-pkg":"cli.js"},
 "scripts":{"postinstall":"node -e \"require('fs').writeFileSync('installed.txt','yes')\""}}
J
echo 'module.exports = require("./lib/a.js")' > index.js
echo 'module.exports = 42' > lib/a.js
printf '#!/usr/bin/env node\nconsole.log("cli", require("./index.js"))\n' > cli.js
npm pack --silent --pack-destination /tmp
cd /tmp/n
npm init -y > /dev/null 2>&1
npm install --offline --no-audit --no-fund /tmp/moat-pkg-1.2.3.tgz 2>&1 | sed 's/ in [0-9a-z.]*$//'
cat node_modules/moat-pkg/installed.txt; echo
node -e 'console.log(require("moat-pkg"))'
npx --no-install moat-pkg
npm ls
npm uninstall moat-pkg --no-audit --no-fund 2>&1 | sed 's/ in [0-9a-z.]*$//'
ls node_modules 2>&1
