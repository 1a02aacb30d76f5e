// Decides requests with @cloud-copilot/iam-simulate: an array of cases on standard input, an array of decisions on
// standard output, in the same order. A case has documents of policies once and is told which by number.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const home = process.argv[2]
const { runSimulation } = createRequire(pathToFileURL(`${home}/package.json`))('@cloud-copilot/iam-simulate')
const { documents, cases } = JSON.parse(readFileSync(0, 'utf8'))
const named = (numbers, name) => numbers.map((number, index) => ({ name: `${name}${index}`, policy: documents[number] }))
const decisions = []

for (const each of cases) {
  const answer = await runSimulation(
    {
      request: {
        principal: each.principal,
        action: each.action,
        resource: { resource: each.resource, accountId: each.account },
        contextVariables: each.context,
      },
      identityPolicies: named(each.identity, 'identity'),
      ...(each.boundary === null ? {} : { permissionBoundaryPolicies: named([each.boundary], 'boundary') }),
      ...(each.policy === null ? {} : { resourcePolicy: documents[each.policy] }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  )
  decisions.push(answer.overallResult ?? answer.analysis?.result ?? `error: ${JSON.stringify(answer.errors ?? answer)}`)
}
process.stdout.write(JSON.stringify(decisions))
