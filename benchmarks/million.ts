import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export const ROWS = 1_000_000;

// Names as common and as rare as names are: a syllable, another, and sometimes a third.
const begins = 'An Be Ca Da El Fa Ge Ha Il Jo Ka La Ma Na Ol Pe Ro Sa Ta Ur Va Wi Yu Za Mc Sch Kr Br St Th'.split(' ');
const middles = 'ber der fel gan hol kin lan mar nen rich sen ter vel wal zer mon dor bel'.split(' ');
const ends = ['', '', 'a', 'e', 'i', 'o', 'us', 'er', 'son', 'ski', 'ova', 'mann', 'berg', 'ez'];

/** A person by number; the same each time. */
export function personAt(at: number): { firstName: string; lastName: string; email: string } {
  let seed = Math.imul(at + 1, 2_654_435_761) >>> 0;
  const pick = (list: readonly string[]) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    // Squared, so that the first of a list are met more often than the last.
    const place = (seed >>> 8) / 2 ** 24;
    return list[Math.floor(place * place * list.length)] ?? '';
  };
  const firstName = pick(begins) + pick(middles) + pick(ends);
  const lastName = pick(begins) + pick(middles) + pick(middles) + pick(ends);
  return { firstName, lastName, email: `${firstName}.${lastName}.${at}@mail${at % 997}.example.org`.toLowerCase() };
}

/** A million believable rows; the same each time. */
export async function writeCustomers(file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write(
    'customer_reference,locale_name,phone,email,salutation,first_name,last_name,company,gender,date_of_birth,password,registered\n',
  );
  let seed = 12_345;
  const random = () => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff);
  const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  for (let at = 1; at <= ROWS; at++) {
    let hash = '';
    for (let letter = 0; letter < 53; letter++) hash += alphabet[(random() >> 8) % 64];
    const { firstName, lastName, email } = personAt(at);
    const row = `DE--${at},${at % 2 ? 'de_DE' : 'en_US'},+49 30 ${1_000_000 + at},${email},${['Mr', 'Ms', 'Mrs', 'Dr'][at % 4]},${firstName},${lastName},,${at % 2 ? 'Male' : 'Female'},19${50 + (at % 50)}-0${1 + (at % 9)}-1${at % 9},$2y$10$${hash},2020-06-${10 + (at % 20)}\n`;
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
