export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Mailer {
  /** Throws where the mail was not taken over, which is the time to try again. */
  send(mail: Mail): Promise<void>;
}
