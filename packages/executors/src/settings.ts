/** What the operator says of the far sides; read from the environment by each app. */
export interface ExecutorSettings {
  /** Where a provider's HTTP API is, instead of the provider's own address: a proxy, or a server of a test. */
  baseUrls?: Partial<Record<'slack' | 'hubspot' | 'resend' | 'linkedin', string>>;
  /** Private, loopback and link-local addresses may be reached: for development and tests. */
  allowPrivateAddresses?: boolean;
}
