export { type CampaignKind, criteriaInvalid, filterNames, parseFilters } from './criteria.ts';
export { campaignGauges } from './gauges.ts';
export { campaignsPrivacy } from './privacy.ts';
export { type Campaign, progressOf } from './queries.ts';
export { sendCampaignBatch, sendCampaignMail } from './send-batch.ts';
export { brokenCampaign, type CampaignPlan, countRecipients, resumeCampaign, startCampaign } from './start.ts';
