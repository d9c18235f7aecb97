export type { Check } from './checks/check.ts';
export { CHECKS, FINDING_RULES, findingRule } from './checks/checks.ts';
export { parseExeConfig } from './configuration/exe-config.ts';
export { type DeploymentReport, type Diagnosis, diagnose, type Verdict, verdictOf } from './diagnose.ts';
export { Deployment, type DeploymentInput, type DeploymentOptions } from './files/deployment.ts';
export type { Finding, FindingMoment, FindingRule } from './findings/finding.ts';
export { type CodeDocument, codeDocuments, codeText } from './output/code-text.ts';
export { dependencyDot } from './output/dependency-dot.ts';
export { dependencyTree, type TreeLine } from './output/dependency-tree.ts';
export {
  type DependencyDocument,
  type DoctorDocument,
  doctorDocument,
  processText,
  type RootDocument,
  verdictText,
} from './output/doctor-document.ts';
export { type DoctorFinding, doctorFinding, doctorSarif, findingExplanation, findingPage, findingsPage } from './output/doctor-findings.ts';
export { type OperatingSystem, operatingSystems } from './tables/operating-systems.ts';
