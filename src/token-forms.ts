/** Tokens that say what they are by their beginning, as their issuers publish it; no name need stand beside them. */
export const tokenForms: readonly RegExp[] = [
  // AWS: key IDs, session tokens, tokens for EKS, console log-ins, Bedrock.
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b(?:[\s:/,"']{1,4}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+]))?/g,
  /\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/=%]{16,}/g,
  /\bk8s-aws-v1\.[\w=-]{8,}/g,
  /\bABSK[A-Za-z0-9+/=]{40,}/g,
  // JSON Web Tokens, signed and encrypted.
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}/g,
  // Private keys in base64, as kubeconfig files hold them; age.
  /\bLS0tLS1CRUdJTi[A-Za-z0-9+/=]{16,}/g,
  /\bAGE-SECRET-KEY-1[A-Z0-9]{20,}/g,
  // Source code and packages.
  /\bgh[pousr]_[A-Za-z0-9]{16,}/g,
  /\bgithub_pat_\w{16,}/g,
  /\bgl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|imt|oas|ffct)-[\w.-]{16,}/g,
  /\bATBB[A-Za-z0-9]{20,}|\bATATT3[\w=-]{20,}/g,
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /\bpypi-[\w-]{16,}/g,
  /\bdckr_(?:pat|oat)_[\w-]{16,}/g,
  // Chat, mail and paging.
  /\bx(?:ox[a-z]|app)-[\w-]{8,}/g,
  /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]{8,}/g,
  /\bdiscord(?:app)?\.com\/api\/webhooks\/[\w/-]{8,}/g,
  /\boutlook\.office(?:365)?\.com\/webhook\/[\w/@-]{8,}/g,
  /\b[\w-]{1,63}\.webhook\.office\.com\/[\w/@-]{8,}/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/g,
  /\bSK[0-9a-f]{32}\b/g,
  /\bkey-[0-9a-z]{32}\b/g,
  /\b\d{8,10}:AA[\w-]{33}\b/g,
  // Payment and shops.
  /\b(?:sk|rk|pk)_(?:live|test|prod)_\w{8,}/g,
  /\bwhsec_[\w+/=]{16,}/g,
  /\bshp(?:at|ss|ca|pa)_[0-9a-fA-F]{16,}/g,
  /\bsq0(?:atp|csp)-[\w-]{16,}/g,
  // Clouds, platforms and observability.
  /\bAIza[\w-]{30,}/g,
  /\bya29\.[\w-]{16,}/g,
  /\bGOCSPX-[\w-]{16,}/g,
  /\bhv[sbr]\.[\w-]{16,}/g,
  /\b\w{14}\.atlasv1\.[\w-]{16,}/g,
  /\bdo[opr]_v1_[0-9a-f]{32,}/g,
  /\bdapi[0-9a-f]{32}\b/g,
  /\bNRAK-[A-Z0-9]{16,}/g,
  /\bgl(?:sa|c)_[\w+/=-]{16,}/g,
  /\bdp\.(?:pt|st|sa|ct)\.[\w.-]{16,}/g,
  /\bpscale_(?:pw|tkn|oauth)_[\w.-]{16,}/g,
  /\bsbp_[0-9a-f]{32,}/g,
  /\blin_api_\w{16,}/g,
  /\bsntry[su]_[\w+/=.-]{16,}/g,
  /\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{32,}/g,
  // Models.
  /\bsk-(?:ant-|proj-|svcacct-)?[\w-]{20,}/g,
  /\bhf_[A-Za-z0-9]{30,}/g,
];
