//! The tree of valid policies (RFC 5280, 6.1.2 to 6.1.5).

use cades::{CadesError, Certificate, oid};

use crate::PathSettings;

/// Most nodes kept: mappings can multiply them, and no real path has fifty.
const MAX_NODES: usize = 4_000;

#[derive(Debug, Clone)]
struct Node {
    policy: String,
    expected: Vec<String>,
    /// Index into the level above.
    parent: usize,
}

/// State variables of 6.1.2 that have to do with policies.
#[derive(Debug)]
pub(crate) struct PolicyState {
    /// Levels of the tree, the root first; `None` when the tree is NULL.
    levels: Option<Vec<Vec<Node>>>,
    explicit_policy: u64,
    inhibit_any_policy: u64,
    policy_mapping: u64,
    length: usize,
    initial: Vec<String>,
}

impl PolicyState {
    pub(crate) fn new(length: usize, settings: &PathSettings) -> Self {
        let open = length as u64 + 1;
        let unless = |flag: bool| if flag { 0 } else { open };
        let root = Node { policy: oid::ANY_POLICY.to_owned(), expected: vec![oid::ANY_POLICY.to_owned()], parent: 0 };
        Self {
            levels: Some(vec![vec![root]]),
            explicit_policy: unless(settings.require_explicit_policy),
            inhibit_any_policy: unless(settings.inhibit_any_policy),
            policy_mapping: unless(settings.inhibit_policy_mapping),
            length,
            initial: settings.initial_policies.clone(),
        }
    }

    /// 6.1.3 (d) and (e).
    pub(crate) fn process(&mut self, certificate: &Certificate, index: usize, is_last: bool) -> Result<(), CadesError> {
        let Some(policies) = certificate.policies()? else {
            self.levels = None;
            return Ok(());
        };
        let Some(levels) = &mut self.levels else { return Ok(()) };
        let above = levels.last().cloned().unwrap_or_default();
        let mut level: Vec<Node> = Vec::new();
        let node =
            |policy: &str, parent: usize| Node { policy: policy.to_owned(), expected: vec![policy.to_owned()], parent };
        for policy in policies.iter().filter(|policy| *policy != oid::ANY_POLICY) {
            let expecting = (0..).zip(&above).filter(|(_, parent)| parent.expected.contains(policy));
            let before = level.len();
            level.extend(expecting.map(|(parent, _)| node(policy, parent)));
            if level.len() == before
                && let Some(parent) = above.iter().position(|parent| parent.policy == oid::ANY_POLICY)
            {
                level.push(node(policy, parent));
            }
        }
        let has_any = policies.iter().any(|policy| policy == oid::ANY_POLICY);
        let is_inner_self_issued = index < self.length && certificate.is_self_issued() && !is_last;
        if has_any && (self.inhibit_any_policy > 0 || is_inner_self_issued) {
            for (parent, above) in (0..).zip(&above) {
                for expected in &above.expected {
                    if !level.iter().any(|node| node.parent == parent && node.policy == *expected) {
                        level.push(node(expected, parent));
                    }
                }
            }
        }
        levels.push(level);
        self.prune()
    }

    /// 6.1.3 (f).
    pub(crate) fn failed(&self) -> bool {
        self.explicit_policy == 0 && self.levels.is_none()
    }

    /// 6.1.4 (a), (b), (h), (i) and (j).
    pub(crate) fn prepare_next(&mut self, certificate: &Certificate) -> Result<(), CadesError> {
        let mappings = certificate.policy_mappings()?;
        if mappings.iter().any(|(from, to)| from == oid::ANY_POLICY || to == oid::ANY_POLICY) {
            return Err(CadesError::Malformed("policyMappings"));
        }
        if let Some(levels) = &mut self.levels
            && !mappings.is_empty()
        {
            let mut issuers: Vec<&String> = mappings.iter().map(|(from, _)| from).collect();
            issuers.sort_unstable();
            issuers.dedup();
            for issuer in issuers {
                let subjects: Vec<String> =
                    mappings.iter().filter(|(from, _)| from == issuer).map(|(_, to)| to.clone()).collect();
                map_policy(levels, issuer, &subjects, self.policy_mapping > 0);
            }
            self.prune()?;
        }
        if !certificate.is_self_issued() {
            self.explicit_policy = self.explicit_policy.saturating_sub(1);
            self.policy_mapping = self.policy_mapping.saturating_sub(1);
            self.inhibit_any_policy = self.inhibit_any_policy.saturating_sub(1);
        }
        let (explicit, mapping) = certificate.policy_constraints()?;
        self.explicit_policy = explicit.map_or(self.explicit_policy, |limit| self.explicit_policy.min(limit));
        self.policy_mapping = mapping.map_or(self.policy_mapping, |limit| self.policy_mapping.min(limit));
        let any = certificate.inhibit_any_policy()?;
        self.inhibit_any_policy = any.map_or(self.inhibit_any_policy, |limit| self.inhibit_any_policy.min(limit));
        Ok(())
    }

    /// 6.1.5 (a), (b) and (g), for the certificate that was processed last.
    pub(crate) fn finish_with(&mut self, certificate: &Certificate) -> Result<(), CadesError> {
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        if certificate.policy_constraints()?.0 == Some(0) {
            self.explicit_policy = 0;
        }
        Ok(())
    }

    /// Whether the path stands as far as policies go.
    pub(crate) fn finish(&self) -> bool {
        self.explicit_policy > 0 || self.levels.as_ref().is_some_and(|levels| self.meets_user(levels))
    }

    /// Whether the intersection with the user's policies leaves anything: a node right below anyPolicy counts, or a
    /// leaf that still is anyPolicy.
    fn meets_user(&self, levels: &[Vec<Node>]) -> bool {
        if self.initial.is_empty() {
            return levels.last().is_some_and(|level| !level.is_empty());
        }
        let is_wanted = |policy: &str| self.initial.iter().any(|wanted| wanted == policy);
        let Some(leaves) = levels.last() else { return false };
        leaves.iter().any(|leaf| {
            let mut node = leaf;
            let mut depth = levels.len() - 1;
            if node.policy == oid::ANY_POLICY {
                return true;
            }
            // The ancestor right below anyPolicy is the policy in the anchor's own words.
            while depth > 0 {
                let Some(parent) = levels.get(depth - 1).and_then(|level| level.get(node.parent)) else { return false };
                if parent.policy == oid::ANY_POLICY {
                    return is_wanted(&node.policy);
                }
                node = parent;
                depth -= 1;
            }
            false
        })
    }

    /// Removes nodes without children above the newest level; an empty newest level makes the tree NULL.
    fn prune(&mut self) -> Result<(), CadesError> {
        let Some(levels) = &mut self.levels else { return Ok(()) };
        if levels.iter().map(Vec::len).sum::<usize>() > MAX_NODES {
            return Err(CadesError::Malformed("policy tree"));
        }
        for depth in (1..levels.len()).rev() {
            let used: Vec<usize> = levels.get(depth).into_iter().flatten().map(|node| node.parent).collect();
            let Some(above) = levels.get_mut(depth - 1) else { continue };
            let mut renamed = vec![usize::MAX; above.len()];
            let mut kept = Vec::new();
            for (index, node) in above.drain(..).enumerate() {
                if used.contains(&index) {
                    if let Some(slot) = renamed.get_mut(index) {
                        *slot = kept.len();
                    }
                    kept.push(node);
                }
            }
            *above = kept;
            for node in levels.get_mut(depth).into_iter().flatten() {
                node.parent = renamed.get(node.parent).copied().unwrap_or(usize::MAX);
            }
        }
        if levels.iter().any(Vec::is_empty) {
            self.levels = None;
        }
        Ok(())
    }
}

/// 6.1.4 (b) for one issuer's policy.
fn map_policy(levels: &mut [Vec<Node>], issuer: &str, subjects: &[String], is_allowed: bool) {
    let Some((level, above)) = levels.split_last_mut() else { return };
    if !is_allowed {
        level.retain(|node| node.policy != issuer);
        return;
    }
    let mut found = false;
    for node in level.iter_mut().filter(|node| node.policy == issuer) {
        node.expected = subjects.to_vec();
        found = true;
    }
    if found {
        return;
    }
    if let Some(any) = level.iter().find(|node| node.policy == oid::ANY_POLICY).cloned()
        && !above.is_empty()
    {
        level.push(Node { policy: issuer.to_owned(), expected: subjects.to_vec(), parent: any.parent });
    }
}
