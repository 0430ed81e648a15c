/** A visit of a browser to a site, under watch: what scripts complain of, what the CSP stops, and every request that leaves. */
import type { Browser, BrowserContext, Page } from "playwright-core";

export type Scheme = "light" | "dark";

export interface VisitOptions {
  readonly scheme?: Scheme;
  /** As wide as a phone. */
  readonly isPhone?: boolean;
}

const phone = { width: 390, height: 844 } as const;
const desk = { width: 1_280, height: 900 } as const;
const timeoutMs = 30_000;
/** A picture of more is of no use to anybody. */
const longestPage = 6_000;

export class Visit {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #height: number;
  readonly #complaints: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    this.#height = page.viewportSize()?.height ?? 0;
  }

  /** Follows the address that was printed, and is signed in. */
  static async begin(
    browser: Browser,
    { origin, signInUrl }: { readonly origin: string; readonly signInUrl: string },
    { scheme = "light", isPhone = false }: VisitOptions = {},
  ): Promise<Visit> {
    const context = await browser.newContext({
      baseURL: origin,
      colorScheme: scheme,
      reducedMotion: "reduce",
      viewport: isPhone ? phone : desk,
      ...(isPhone ? { hasTouch: true, deviceScaleFactor: 2 } : {}),
    });
    context.setDefaultTimeout(timeoutMs);
    const page = await context.newPage();
    const visit = new Visit(context, page);
    visit.#watch(origin);
    await page.goto(signInUrl);
    return visit;
  }

  /** What nobody wants to read, so far: it is forgotten. */
  takeComplaints(): readonly string[] {
    return this.#complaints.splice(0);
  }

  /** Goes to a page by its address, and waits until it shows its heading and has nothing left to load. */
  async goTo(path: string): Promise<void> {
    await this.page.goto(path);
    await this.settle();
  }

  /** Until the page shows its heading, and nothing that stands for what is still to come. */
  async settle(): Promise<void> {
    await this.page.getByRole("heading", { level: 1 }).first().waitFor();
    // What is to come has no name by which it could be asked for.
    await this.page.locator(".skeleton, [aria-busy=true]").first().waitFor({ state: "detached" });
  }

  /** By how many pixels the page, or a part of its frame, is wider than its room: 0 when nothing has to be scrolled sideways. */
  async overflow(): Promise<number> {
    const measured = await this.page.evaluate(
      `Math.max(...[document.documentElement, document.body, ...document.querySelectorAll("main, nav, header")]
        .map((part) => part.scrollWidth - part.clientWidth))`,
    );
    return Number(measured);
  }

  /** Makes the window as high as the page, whose content may scroll by itself. */
  async unroll(): Promise<void> {
    const { width = 0, height = 0 } = this.page.viewportSize() ?? {};
    const hidden = await this.page.evaluate(
      `Math.max(...[document.documentElement, ...document.querySelectorAll("main")]
        .map((part) => part.scrollHeight - part.clientHeight))`,
    );
    await this.page.setViewportSize({ width, height: Math.min(longestPage, height + Number(hidden)) });
    await this.settle();
  }

  /** Back to the height of the window. */
  async rollUp(): Promise<void> {
    const { width = 0 } = this.page.viewportSize() ?? {};
    await this.page.setViewportSize({ width, height: this.#height });
  }

  async end(): Promise<void> {
    await this.#context.close();
  }

  #watch(origin: string): void {
    this.#context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.#complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    this.#context.on("weberror", (error) => this.#complaints.push(`thrown: ${error.error().message}`));
    this.#context.on("request", (request) => {
      const { origin: asked, protocol } = new URL(request.url());
      const stays = asked === origin || protocol === "data:" || protocol === "blob:";
      if (!stays) this.#complaints.push(`a request leaves: ${request.url()}`);
    });
    this.#context.on("dialog", (dialog) => {
      this.#complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }
}
