import { type Pair, startPair } from './pair.ts';
import { mariadb, type Programs } from './programs.ts';

const PORT = 3306;
const network = `127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}`;
const at = (place: number, identifier: string) => ({ identifier, host: `${network}.${place}`, port: PORT });

/** Where a second pair may stand. */
export const elsewhere = { writer: at(110, 'other-primary'), replica: at(120, 'other-replica') };

/** A pair at addresses that no other test process uses. */
export const startShop = (programs: Programs = mariadb, where: Partial<typeof elsewhere> = {}): Promise<Pair> =>
  startPair(
    {
      writer: at(10, 'tickets-primary'),
      replica: at(20, 'tickets-replica'),
      database: 'shop',
      user: 'dr_drill',
      password: 'a drill in the lab',
      ...where,
    },
    programs,
  );
