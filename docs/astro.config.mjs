// The documentation site: static files, with a search that needs no other host.
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import starlightLinksValidator from 'starlight-links-validator';
import { linksBetweenPages } from './links-between-pages.mjs';
import { wideContent } from './wide-content.mjs';

export default defineConfig({
  markdown: { remarkPlugins: [linksBetweenPages], rehypePlugins: [wideContent] },
  integrations: [
    starlight({
      title: 'dr-drill',
      description: 'Disaster-recovery drills for AWS: scripted, timed against RTO and RPO, reported as evidence.',
      plugins: [starlightLinksValidator()],
      sidebar: [
        { label: 'Tutorials', autogenerate: { directory: 'tutorials' } },
        { label: 'How-to guides', autogenerate: { directory: 'how-to' }, collapsed: true },
        { label: 'Concepts', autogenerate: { directory: 'concepts' } },
        { label: 'Drills', autogenerate: { directory: 'drills' }, collapsed: true },
        { label: 'Component kinds', autogenerate: { directory: 'components' }, collapsed: true },
        { label: 'Reference', autogenerate: { directory: 'reference' }, collapsed: true },
      ],
    }),
  ],
});
