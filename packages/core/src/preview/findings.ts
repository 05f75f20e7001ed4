const HOSTS_MAX = 10;
export const WORDS_MAX = 5;
const PLACES_MAX = 6;

/** Collects what was changed in a preview's texts, for the preview's own warnings. */
export class Findings {
  private readonly marked = new Set<string>();
  private readonly padded = new Set<string>();
  private readonly shortened = new Set<string>();
  private readonly hosts = new Set<string>();
  private readonly words = new Set<string>();

  markedIn(place: string): void {
    this.marked.add(place);
  }
  paddedIn(place: string): void {
    this.padded.add(place);
  }
  shortenedIn(place: string): void {
    this.shortened.add(place);
  }
  host(warning: string): void {
    this.hosts.add(warning);
  }
  /** Returns how many warnings there are. */
  word(warning: string): number {
    return this.words.add(warning).size;
  }

  warnings(): string[] {
    return [
      ...about('Invisible, control or direction-changing characters are shown as ⟨U+…⟩', this.marked),
      ...about('Padding is left out where ⟨…⟩ says so', this.padded),
      ...about('Long text is shortened; the params have all of it', this.shortened),
      ...atMost([...this.hosts], HOSTS_MAX, 'more hosts are not what they seem.'),
      ...[...this.words].slice(0, WORDS_MAX),
      ...(this.words.size > WORDS_MAX ? ['More words mix alphabets.'] : []),
    ];
  }
}

const about = (what: string, places: Set<string>): string[] =>
  places.size === 0 ? [] : [`${what}: ${atMost([...places], PLACES_MAX, 'more').join(', ')}.`];

const atMost = (all: string[], max: number, rest: string): string[] =>
  all.length <= max ? all : [...all.slice(0, max), `${all.length - max} ${rest}`];
