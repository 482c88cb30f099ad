import type { DatabaseGauges } from '../../platform/metrics/database-gauges.ts';
import { sumOfCampaigns } from './queries.ts';

/** How far campaigns are. */
export const campaignGauges: DatabaseGauges = {
  gauges: {
    clientele_campaign_recipients: {
      help: 'Recipients of all campaigns, by state: waiting, queued, sent or skipped',
      labels: ['state'],
    },
    clientele_campaigns_running: { help: 'Campaigns that are not through', labels: [] },
  },
  async read(db) {
    const { running, ...recipients } = await sumOfCampaigns(db);
    return [
      { gauge: 'clientele_campaigns_running', labels: {}, value: running },
      ...Object.entries(recipients).map(([state, value]) => ({
        gauge: 'clientele_campaign_recipients',
        labels: { state },
        value,
      })),
    ];
  },
};
