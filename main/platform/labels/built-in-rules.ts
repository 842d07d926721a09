/** What a built-in rule protects, in a few words a person understands. */
interface BuiltInRule {
  why: string
  globs: readonly string[]
}

/** Names that hold secrets nearly always. Source code named after secrets (`credentials.ts`) is not meant: only files of data are. */
export const secretRules: readonly BuiltInRule[] = [
  { why: 'environment variables', globs: ['.env*', '*.env', '.flaskenv', '.dev.vars*', '.direnv/', 'local.settings.json'] },
  { why: 'a private key or a store of keys', globs: ['*.pem', '*.key', '*.p8', '*.p12', '*.pfx', '*.pkcs12', '*.ppk', '*.jks', '*.jceks', '*.bks', '*.keystore', '*.keytab', '*.kdb', '*.kdbx', '*.agekey', '*.ovpn'] },
  { why: 'an SSH key', globs: ['id_rsa*', 'id_ed25519*', 'id_ecdsa*', 'id_dsa*', '.ssh/'] },
  { why: 'keys and access of a tool', globs: ['.aws/', '.azure/', '.gnupg/', '.password-store/', '**/.config/gcloud/', '**/.kube/config', 'kubeconfig*', '**/.docker/config.json', '.dockercfg', '.terraformrc', '*.tfrc.json'] },
  { why: 'access to a package registry', globs: ['.npmrc', '.yarnrc.yml', '.pypirc', '**/.cargo/credentials*', '**/.gem/credentials', '**/.composer/auth.json', '**/.m2/settings*.xml', '**/.gradle/gradle.properties'] },
  { why: 'passwords', globs: ['.netrc', '_netrc', '.git-credentials', '**/.git/config', '.htpasswd', '.htdigest', '.pgpass', 'pgpass.conf', '.my.cnf', '.mylogin.cnf', '.s3cfg', '.boto', '.vault-token', '.vault_pass*', 'wp-config.php'] },
  {
    why: 'credentials',
    globs: [
      'credentials', 'credentials*.{json,yml,yaml,toml,ini,xml,csv,txt,properties,enc}', '*[-_.]credentials.{json,yml,yaml,toml}', '.credentials*', '.secrets*', '**/run/secrets/', 'secret.{json,yml,yaml,toml,ini,env,xml,txt,properties}',
      'secrets.{json,yml,yaml,toml,ini,env,xml,txt,properties}', '*[-_.]secrets.{json,yml,yaml,toml}', 'application_default_credentials.json', '*service[-_]account*.json', '*serviceaccount*.json', '*firebase-adminsdk*.json',
    ],
  },
  { why: 'the state or variables of infrastructure', globs: ['*.tfstate', '*.tfstate.*', '*.tfvars', '*.tfvars.json'] },
  { why: 'commands that were typed', globs: ['.*_history', '.history', '.lesshst', '.dbshell', 'fish_history', 'ConsoleHost_history.txt'] },
  { why: "Cortex's own settings of the folder", globs: ['.cortex/'] },
]

/** Names that look like those above and are made to be shared. */
export const sharedNames: readonly string[] = ['.env*.{example,sample,template,dist}', '*.tfvars.{example,sample,template,dist}', 'id_*.pub']

/** What runs by itself once it was written: nothing may write there on behalf of a model without the person's word. */
export const protectedGlobs: readonly string[] = [
  '.cortex/', '.vscode/', '.cursor/', '.idea/', '.zed/', '.claude/', '.gemini/', '.devcontainer/', '*.code-workspace', '.mcp.json', 'mcp.json', 'AGENTS.md', 'CLAUDE.md', '.cursorrules',
  '.git', '.gitmodules', '.gitattributes', '.husky/', '.githooks/', '.pre-commit-config.yaml', 'lefthook*.yml',
  '.github/', '.gitlab-ci.yml', '.gitlab/', '.circleci/', '.buildkite/', '.travis.yml', 'azure-pipelines*.yml', 'bitbucket-pipelines.yml', 'Jenkinsfile',
  '.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.bash_aliases', '.profile', '.zshrc', '.zshenv', '.zprofile', '.zlogin', '.zlogout', '.cshrc', '.tcshrc', '.inputrc', '**/.config/fish/', '**/.config/autostart/', '*profile.ps1',
  '.envrc', '.npmrc', '.yarnrc*', '.ssh/', '.gitconfig', '**/.config/git/',
]
