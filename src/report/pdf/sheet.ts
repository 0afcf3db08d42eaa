import PDFDocument from 'pdfkit';
import { features, fontFiles, type Weight } from './fonts.ts';
import { wrap } from './wrap.ts';

type Doc = PDFKit.PDFDocument;
export type Element = PDFKit.PDFStructureElement;

export const colour = {
  ink: '#1b211f',
  quiet: '#545d59',
  line: '#dcdfda',
  strongLine: '#b3bab3',
  raised: '#f3f4f1',
  paper: '#ffffff',
  good: '#1d6a3a',
  bad: '#a3271f',
  warn: '#7d5200',
  warnSoft: '#fbedcc',
  tones: ['#0b6161', '#3f8f8c', '#86bbb6', '#bfdcd8', '#dcdfda'],
} as const;

export interface Look {
  size?: number;
  weight?: Weight;
  colour?: string;
}

/** A4, in points. */
export const page = { width: 595.28, height: 841.89, left: 48, right: 48, top: 60, bottom: 62 } as const;
export const inner = page.width - page.left - page.right;
const LINE = 1.45;

interface About {
  title: string;
  subject: string;
  keywords: string | undefined;
  /** Stands in the file as the time it was made: it is the run's, so that the same report is the same file. */
  at: Date;
}

/** Pages that are written from top to bottom, with a tag for everything that is said, and none for what only adorns. */
export class Sheet {
  readonly doc: Doc;
  /** The sections so far, with the page that each begins on. */
  readonly sections: { title: string; page: number }[] = [];
  readonly #root: Element;
  readonly #widths = new Map<string, number>();
  #section: Element;
  #y: number = page.top;
  #weight: Weight = 'regular';

  constructor({ title, subject, keywords, at }: About) {
    const { regular, bold } = fontFiles();
    this.doc = new PDFDocument({
      size: 'A4',
      margin: 0,
      font: regular as unknown as string,
      info: {
        Title: title,
        Subject: subject,
        ...(keywords !== undefined && { Keywords: keywords }),
        CreationDate: at,
        Creator: 'dr-drill',
        Producer: 'dr-drill with PDFKit',
      },
      lang: 'en',
      tagged: true,
      displayTitle: true,
      pdfVersion: '1.7',
      bufferPages: true,
      // Node's zlib may give other bytes on another machine.
      compress: false,
    });
    this.doc.registerFont('regular', regular);
    this.doc.registerFont('bold', bold);
    this.#root = this.doc.struct('Document');
    this.doc.addStructure(this.#root);
    this.#section = this.#newSection();
  }

  get y(): number {
    return this.#y;
  }

  /** Leaves room below what was written last. */
  skip(height: number): void {
    this.#y += height;
  }

  /** Begins a page unless there is so much room on this one; says whether it did. */
  need(height: number): boolean {
    if (this.#y + height <= page.height - page.bottom) return false;
    if (this.#y <= page.top) return false;
    this.doc.addPage();
    this.#y = page.top;
    return true;
  }

  get room(): number {
    return page.height - page.bottom - this.#y;
  }

  /** What follows belongs together, below a heading that keeps with it. */
  section(title: string, keepsWith = 60): void {
    this.#section.end();
    this.need(keepsWith + 40);
    this.#section = this.#newSection();
    if (this.#y > page.top) this.#y += 22;
    this.sections.push({ title, page: this.doc.bufferedPageRange().count });
    this.doc.outline.addItem(title);
    this.paragraph(title, { tag: 'H2', size: 13, weight: 'bold' });
    this.#y += 4;
  }

  /** @param attributes in PDF's own words, such as `{ O: 'Table', Scope: 'Column' }` */
  element(type: string, { alt, attributes, parent = this.#section }: Tagging = {}): Element {
    const element = this.doc.struct(type, alt === undefined ? {} : { alt });
    // Its type leaves out what every structure element has.
    const { data } = (element as unknown as { dictionary: { data: object } }).dictionary;
    if (attributes) Object.assign(data, { A: attributes });
    parent.add(element);
    return element;
  }

  /** Draws what an element says; once for each page that it is on. */
  tagged(element: Element, type: string, draw: () => void): void {
    const content = this.doc.markStructureContent(type);
    draw();
    this.doc.endMarkedContent();
    element.add(content);
  }

  /** Draws what says nothing. */
  artifact(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.doc.endMarkedContent();
  }

  /** One text over as many lines and pages as it needs. */
  paragraph(text: string, { tag = 'P', x = page.left, width = inner, ...look }: Look & Place & { tag?: string } = {}) {
    const height = this.lineHeight(look);
    const element = this.element(tag);
    let lines = this.lines(text, width, look);
    while (lines.length > 0) {
      this.need(height);
      const count = Math.max(1, Math.min(lines.length, Math.floor(this.room / height)));
      const now = lines.slice(0, count);
      this.tagged(element, tag, () => this.draw(now, x, this.#y, look));
      this.#y += now.length * height;
      lines = lines.slice(count);
    }
    element.end();
  }

  lineHeight = ({ size = 9 }: Look = {}): number => size * LINE;

  lines(text: string, width: number, look: Look = {}): string[] {
    return wrap(this.#shown(text), width, (part) => this.widthOf(part, look));
  }

  /** One line, which ends with … where the text is too long. */
  line(text: string, width: number, look: Look = {}): string {
    const shown = this.#shown(text).replaceAll('\n', ' ');
    if (this.widthOf(shown, look) <= width) return shown;
    const letters = [...shown];
    while (letters.length > 1 && this.widthOf(`${letters.join('').trimEnd()}…`, look) > width) letters.pop();
    return `${letters.join('').trimEnd()}…`;
  }

  /** In points. */
  widthOf(text: string, { size = 9, weight = 'regular' }: Look = {}): number {
    const key = `${weight}${text}`;
    let unit = this.#widths.get(key);
    if (unit === undefined) {
      unit = this.#font(weight)
        .fontSize(1)
        .widthOfString(text, { features: [...features] });
      this.#widths.set(key, unit);
    }
    return unit * size;
  }

  /** Lines at a place, whatever else is there. */
  draw(lines: readonly string[], x: number, y: number, look: Look & { align?: 'left' | 'right' | 'center' } = {}) {
    const { size = 9, weight = 'regular', align = 'left' } = look;
    const part = { left: 0, center: 0.5, right: 1 }[align];
    const height = this.lineHeight(look);
    lines.forEach((line, index) => {
      if (line === '') return;
      const at = x - part * (part === 0 ? 0 : this.widthOf(line, look));
      this.#font(weight)
        .fontSize(size)
        .fillColor(look.colour ?? colour.ink);
      this.doc.text(line, at, y + index * height + (height - size * 1.44) / 2, {
        lineBreak: false,
        features: [...features],
      });
    });
  }

  /** Closes the last page and gives the file. `onPage` draws upon each page what stands on all of them. */
  async finish(onPage: (index: number, count: number) => void): Promise<Uint8Array> {
    this.#section.end();
    this.#root.end();
    const { count } = this.doc.bufferedPageRange();
    for (let index = 0; index < count; index += 1) {
      this.doc.switchToPage(index);
      this.artifact(() => onPage(index, count));
    }
    const chunks: Uint8Array[] = [];
    this.doc.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    const ended = new Promise((resolve) => this.doc.on('end', resolve));
    this.doc.end();
    await ended;
    return new Uint8Array(Buffer.concat(chunks));
  }

  #newSection(): Element {
    const section = this.doc.struct('Sect');
    this.#root.add(section);
    return section;
  }

  #font(weight: Weight): Doc {
    if (this.#weight !== weight) this.doc.font(weight);
    this.#weight = weight;
    return this.doc;
  }

  /** Letters as shapes, around a place: anyone who takes the text from the page does not find them in it. */
  outline(text: string, x: number, y: number, size: number, fill: string): void {
    const font = this.#fontOf('bold');
    const { glyphs, positions } = font.layout(text);
    const scale = size / font.unitsPerEm;
    let at = x - this.widthOf(text, { size, weight: 'bold' }) / 2;
    glyphs.forEach(({ path }, index) => {
      this.doc.save().translate(at, y).scale(scale, -scale).path(path.toSVG()).fill(fill).restore();
      at += (positions[index]?.xAdvance ?? 0) * scale;
    });
  }

  #fontOf(weight: Weight): Font {
    return (this.#font(weight) as unknown as { _font: { font: Font } })._font.font;
  }

  /** What the font has no glyph for is named by its number, rather than shown as an empty box. */
  #shown(text: string): string {
    const font = this.#fontOf(this.#weight);
    return text.replace(/[^\n]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (/\p{Cc}/u.test(character)) return ' ';
      if (font.hasGlyphForCodePoint(code)) return character;
      return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    });
  }
}

/** What is asked of fontkit, whose fonts PDFKit keeps to itself. */
interface Font {
  unitsPerEm: number;
  hasGlyphForCodePoint(code: number): boolean;
  layout(text: string): { glyphs: { path: { toSVG(): string } }[]; positions: { xAdvance: number }[] };
}

interface Tagging {
  alt?: string;
  attributes?: object;
  parent?: Element;
}

interface Place {
  x?: number;
  width?: number;
}
